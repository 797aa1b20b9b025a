using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Archives;

/// <summary>What extraction does with a file or directory that it has open: one call to the system each.</summary>
/// <remarks>.NET's own calls ask for the file's kind, seek, or read times before they write them, which shows with 20,000 files.</remarks>
internal static partial class OpenedFile
{
    private const int Interrupted = 4;
    private const long NsPerSecond = 1_000_000_000;
    private const long OmitTime = (1L << 30) - 2; // UTIME_OMIT

    /// <exception cref="IOException">Its HResult is the system's number, ENOSPC for a full volume.</exception>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            nint written = PWrite(file, bytes, bytes.Length, offset);
            if (written < 0)
            {
                if (Marshal.GetLastPInvokeError() == Interrupted) continue;
                throw Failure("write a file");
            }

            bytes = bytes[(int)written..];
            offset += written;
        }
    }

    /// <summary>Makes what lies behind the last byte that was written a hole.</summary>
    public static void SetSize(SafeFileHandle file, long sizeBytes) => Require(FTruncate(file, sizeBytes), "set the size of a file");

    public static void SetMode(SafeFileHandle file, UnixFileMode mode) => Require(FChmod(file, (uint)mode), "set a mode");

    /// <summary>Sets when the content was last changed. A file system that knows no such time keeps the nearest it does.</summary>
    public static void SetModified(SafeFileHandle file, long modifiedAtNs)
    {
        (long seconds, long ns) = Math.DivRem(modifiedAtNs, NsPerSecond);
        if (ns < 0) (seconds, ns) = (seconds - 1, ns + NsPerSecond);
        Require(FUTimeNs(file, [0, OmitTime, seconds, ns]), "set a time");
    }

    private static void Require(int result, string what)
    {
        if (result != 0) throw Failure(what);
    }

    private static IOException Failure(string what)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"cannot {what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint PWrite(SafeFileHandle file, ReadOnlySpan<byte> bytes, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int FTruncate(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int FChmod(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static partial int FUTimeNs(SafeFileHandle file, ReadOnlySpan<long> times);
}
