using System.Runtime.InteropServices;

namespace Coffer.LocalFiles;

/// <summary>Makes directory entries durable: names that were created, renamed or removed in it.</summary>
/// <remarks>
/// .NET opens no directories, so this calls the system. Without it a renamed file can be gone after a power cut although its
/// bytes were synced. Windows has no such call and journals names itself.
/// </remarks>
public static partial class DirectorySync
{
    // O_RDONLY | O_DIRECTORY | O_CLOEXEC: a command that is started meanwhile must not inherit the directory.
    private static readonly int ReadOnlyDirectory = OperatingSystem.IsMacOS() ? 0x110_0000
        : RuntimeInformation.OSArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x8_4000
        : 0x9_0000;

    /// <exception cref="IOException">The system could not sync; what was changed may not survive.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(directory, ReadOnlyDirectory);
        if (descriptor < 0)
        {
            throw Failure("open", directory);
        }

        try
        {
            if (Sync(descriptor) != 0)
            {
                throw Failure("sync", directory);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Renames a file over whatever is there, in one step.</summary>
    /// <remarks><see cref="File.Move(string, string)"/> without overwriting checks first and renames then.</remarks>
    public static void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    private static IOException Failure(string verb, string directory)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"cannot {verb} directory {directory}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
