using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coffer.LocalFiles;

/// <summary>Makes a file's bytes and size durable.</summary>
/// <remarks>
/// <see cref="RandomAccess.FlushToDisk"/> of .NET 10 says nothing when fsync fails: the native half answers 1, the managed half
/// looks for a negative number. A failed sync that goes unseen is an acknowledged object that is lost.
/// </remarks>
public static partial class FileSync
{
    private const int FullSyncMac = 51; // F_FULLFSYNC: fsync alone leaves bytes in the drive's cache there

    /// <exception cref="IOException">The system could not sync. The bytes may be lost though a second call succeeds: start anew.</exception>
    public static void Flush(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            RandomAccess.FlushToDisk(file);
            return;
        }

        int result = OperatingSystem.IsMacOS() ? Control(file, FullSyncMac) : Sync(file);
        if (result < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"cannot sync a file: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command);
}
