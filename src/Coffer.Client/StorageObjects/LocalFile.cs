namespace Coffer.Client;

/// <summary>
/// Files of the caller's, opened the way large transfers want them: in sequence, without a buffer of their own.
/// </summary>
internal static class LocalFile
{
    public static FileStream OpenRead(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete,
        Options = FileOptions.SequentialScan, BufferSize = 0,
    });
}
