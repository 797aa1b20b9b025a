using System.Runtime.InteropServices;

namespace Coffer.Bench.Machine;

/// <summary>What .NET has no call for.</summary>
internal static partial class Libc
{
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED
    private const int Terminate = 15;

    /// <summary>Asks a process to end.</summary>
    public static void AskToEnd(int pid) => _ = Kill(pid, Terminate);

    /// <summary>Writes out everything that is dirty on all file systems.</summary>
    [LibraryImport("libc", EntryPoint = "sync")]
    public static partial void SyncAll();

    /// <summary>Drops a file's clean pages from the page cache.</summary>
    public static void DropFromCache(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
        _ = Advise(file, 0, 0, DontNeed);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeHandle file, long offset, long length, int advice);
}
