using System.Runtime.InteropServices;

namespace Coffer.LocalFiles;

/// <summary>
/// Keeps files from the other users of a machine: they hold other people's data, and the secrets that guard it. Windows has no
/// such modes; there the folder's access list decides.
/// </summary>
public static partial class OwnerOnly
{
    /// <summary>Read and write for the owner, nothing for anyone else.</summary>
    public const UnixFileMode Files = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Folders = Files | UnixFileMode.UserExecute;
    private const UnixFileMode All = Folders | Others;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>From here on, whatever this process makes is its owner's alone. For programs; a library changes no umask.</summary>
    /// <returns>The mode that a file with all rights would have had until now.</returns>
    public static UnixFileMode FromNowOn() => OperatingSystem.IsWindows() ? All : All & ~(UnixFileMode)SetMask((uint)Others);

    /// <summary>Makes an empty file unless there is one.</summary>
    public static void MakeFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Files;
        }

        new FileStream(path, options).Dispose();
    }

    /// <summary>Makes a folder, with those above it, unless there is one.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, Folders);
        }
    }

    /// <summary>Takes from others what they may do with an existing file or folder.</summary>
    /// <returns>False when they keep it, because the file is another user's or its file system has no modes.</returns>
    public static bool TryNarrow(string path)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path))
        {
            return true;
        }

        try
        {
            UnixFileMode mode = File.GetUnixFileMode(path);
            if ((mode & Others) == UnixFileMode.None)
            {
                return true;
            }

            File.SetUnixFileMode(path, mode & ~Others);
            return (File.GetUnixFileMode(path) & Others) == UnixFileMode.None;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
