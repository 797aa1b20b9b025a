using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Blobs.Disk;

/// <summary>What .NET does not offer for open files. Both calls are hints: where the system lacks them, nothing is lost.</summary>
internal static partial class NativeFile
{
    private const int KeepSize = 1;
    private const uint StartWriting = 2;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;

    private static readonly bool Supported = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Takes room on the volume without changing the file's length; the system then places the bytes in one stretch.</summary>
    /// <exception cref="IOException">The volume is full.</exception>
    public static void Preallocate(SafeFileHandle file, long offset, long length)
    {
        if (Supported && FAllocate(file, KeepSize, offset, length) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error is NoSpace or QuotaExceeded) throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
    }

    /// <summary>Starts writing a stretch out to the device. No promise: only a sync makes bytes durable.</summary>
    public static void StartWriteBack(SafeFileHandle file, long offset, long length)
    {
        if (Supported) _ = SyncFileRange(file, offset, length, StartWriting);
    }

    /// <summary>Whether a failure means that the volume or a quota is full.</summary>
    public static bool IsOutOfSpace(IOException failure) =>
        OperatingSystem.IsWindows() ? (failure.HResult & 0xFFFF) is 39 or 112
        : OperatingSystem.IsMacOS() ? failure.HResult is NoSpace or 69
        : failure.HResult is NoSpace or QuotaExceeded;

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);
}
