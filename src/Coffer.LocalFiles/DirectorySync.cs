using System.Runtime.InteropServices;

namespace Coffer.LocalFiles;

/// <summary>Makes directory entries durable: names that were created, renamed or removed in it.</summary>
/// <remarks>
/// .NET opens no directories, so this calls the system. Without it a renamed file can be gone after a power cut although its
/// bytes were synced. Windows has no such call and journals names itself.
/// </remarks>
public static partial class DirectorySync
{
    private const int ReadOnlyDirectory = 0x10000; // O_RDONLY | O_DIRECTORY on Linux
    private const int ReadOnlyDirectoryMac = 0x100000;

    /// <exception cref="IOException">The system could not sync; what was changed may not survive.</exception>
    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Open(directory, OperatingSystem.IsMacOS() ? ReadOnlyDirectoryMac : ReadOnlyDirectory);
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
