using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coffer.DurabilityTests;

/// <summary>Makes bytes and names durable, and says when that failed.</summary>
/// <remarks>
/// <see cref="RandomAccess.FlushToDisk"/> and <see cref="FileStream.Flush(bool)"/> of .NET 10.0 do not: their native half
/// answers 1 when fsync fails, and the managed half looks for a negative number. For directories .NET has no call.
/// </remarks>
internal static partial class DiskSync
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC

    public static void Flush(SafeFileHandle file)
    {
        if (Sync(file) != 0) throw new IOException($"fsync: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public static void FlushDirectory(string path)
    {
        using var directory = new SafeFileHandle(Open(path, ReadOnlyDirectory), ownsHandle: true);
        if (directory.IsInvalid) throw new IOException($"open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        Flush(directory);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle descriptor);
}
