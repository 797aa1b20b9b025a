using System.Runtime.InteropServices;

namespace Coffer.DurabilityTests;

/// <summary>Makes the names in a directory durable; .NET has no call for it.</summary>
internal static partial class DirectorySync
{
    private const int ReadOnlyDirectory = 0x10000 | 0x80000; // O_DIRECTORY | O_CLOEXEC

    public static void Flush(string path)
    {
        int descriptor = Open(path, ReadOnlyDirectory);
        if (descriptor < 0) throw new IOException($"open {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        int result = Sync(descriptor);
        string problem = Marshal.GetLastPInvokeErrorMessage();
        _ = Close(descriptor);
        if (result != 0) throw new IOException($"fsync {path}: {problem}");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
