using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Blobs.Disk;

/// <summary>What .NET does not offer for open files. Where the system lacks it, nothing but time is lost.</summary>
internal static partial class NativeFile
{
    private const int KeepSize = 1;
    private const uint StartWriting = 2;
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000; // Linux on x64 and arm64
    private const int NoEntry = 2;
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

    /// <summary>How many files this process may have open at once.</summary>
    public static int MostOpenFiles()
    {
        const string soft = "Max open files";
        string? line = Supported ? File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(soft, StringComparison.Ordinal)) : null;
        string? number = line?[soft.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return int.TryParse(number, out int most) ? most : int.MaxValue;
    }

    /// <summary>Opens a file for reading; null when there is none.</summary>
    /// <remarks>.NET's own call takes a lock and asks for the file's kind: four more calls to the system for each file.</remarks>
    public static SafeFileHandle? OpenToRead(string path)
    {
        if (!Supported)
        {
            return OpenPortably(path);
        }

        SafeFileHandle handle = Open(path, ReadOnly | CloseOnExec);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        int error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        return error == NoEntry ? null : throw new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: {path}", error);
    }

    /// <summary>Whether a failure means that the volume or a quota is full.</summary>
    public static bool IsOutOfSpace(IOException failure) =>
        OperatingSystem.IsWindows() ? (failure.HResult & 0xFFFF) is 39 or 112
        : OperatingSystem.IsMacOS() ? failure.HResult is NoSpace or 69
        : failure.HResult is NoSpace or QuotaExceeded;

    private static SafeFileHandle? OpenPortably(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "sync_file_range", SetLastError = true)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);
}
