namespace Coffer.Bench.Parts;

internal static class BigFolder
{
    public static string Prepare(Setup setup, int objects, int tombstones) => throw new InvalidRunException("not yet");

    public static string IdOf(int index) => "";
}
