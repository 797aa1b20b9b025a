namespace Coffer.Bench.Parts;

internal static class WriterPart
{
    public static IEnumerable<Finding> Run(Setup setup) => throw new InvalidRunException("not yet");

    public static int WriteOnce(string folder, TimeSpan duration) => 1;
}
