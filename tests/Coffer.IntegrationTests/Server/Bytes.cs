namespace Coffer.IntegrationTests.Server;

internal static class Bytes
{
    /// <summary>As the server keeps them: the first size is stored in the catalog, the others as files of one and of many blocks.</summary>
    public const int Inline = 4096;
    public const int OneFile = 100_000;
    public const int ManyBlocks = 1_500_000;

    /// <summary>Incompressible, and different for each seed.</summary>
    public static byte[] Random(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
