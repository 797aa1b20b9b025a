using Coffer.Client;

namespace Coffer.ClientTests.Serving;

/// <summary>Does something once, as soon as so many bytes are sent.</summary>
internal sealed class OnBytes(long bytes, Action action) : IProgress<TransferProgress>
{
    private bool _isDone;

    /// <summary>Writes other bytes over a file, at a time of its own, however coarse the clock of the disk is.</summary>
    public static void Overwrite(string path, byte[] content)
    {
        DateTime before = File.GetLastWriteTimeUtc(path);
        using (FileStream file = File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Write(content);
        }

        File.SetLastWriteTimeUtc(path, before.AddSeconds(1));
    }

    public void Report(TransferProgress value)
    {
        if (value.BytesDone >= bytes && !_isDone)
        {
            _isDone = true;
            action();
        }
    }
}
