namespace Coffer.Cli.Transfers;

/// <summary>The files below a directory of this machine.</summary>
internal static class LocalTree
{
    // Links to directories are not entered: they may lead in a circle, or anywhere.
    private static readonly EnumerationOptions Below = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>Each file by its path below the directory, with slashes; links to files count as the file.</summary>
    /// <param name="leftOut">Hears the path of what is neither a file nor a directory: reading it would never end, or change it.</param>
    public static SortedDictionary<string, FileInfo> FilesOf(string directory, Action<string> leftOut)
    {
        var files = new SortedDictionary<string, FileInfo>(StringComparer.Ordinal);
        Add(new DirectoryInfo(directory), "");
        return files;

        void Add(DirectoryInfo folder, string prefix)
        {
            foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos("*", Below))
            {
                if (entry is DirectoryInfo { LinkTarget: null } below)
                {
                    Add(below, $"{prefix}{below.Name}/");
                }
                else if (entry is FileInfo file && !IsUnfinished(file.Name) && Target(file) is { } target)
                {
                    if (FileKind.IsRegular(target))
                    {
                        files.Add(prefix + file.Name, target);
                    }
                    else
                    {
                        leftOut(Path.Combine(directory, prefix + file.Name));
                    }
                }
            }
        }
    }

    /// <summary>Removes the folders between a file that is gone and the directory, as far as they are empty.</summary>
    public static void RemoveEmptyFolders(string directory, string path)
    {
        string root = Path.GetFullPath(directory);
        for (string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
            folder is not null && folder.Length > root.TrimEnd(Path.DirectorySeparatorChar).Length
                && Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any();
            folder = Path.GetDirectoryName(folder))
        {
            Directory.Delete(folder);
        }
    }

    // The path stays the link's; size and time of change are those of what it leads to. A broken link is no file.
    private static FileInfo? Target(FileInfo file) =>
        file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target ? target : null;

    /// <summary>What a download leaves behind that was killed.</summary>
    private static bool IsUnfinished(string name) =>
        name.StartsWith(".coffer-", StringComparison.Ordinal) && name.EndsWith(".part", StringComparison.Ordinal);
}
