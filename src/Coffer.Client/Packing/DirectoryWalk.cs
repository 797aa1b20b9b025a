namespace Coffer.Client;

/// <summary>
/// Everything below a directory that its options do not leave out: directories before their content, names in ordinal order.
/// </summary>
internal sealed class DirectoryWalk
{
    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false,
    };

    private readonly DirectoryInfo _root;
    private readonly IgnoreRules _rules;
    private readonly Func<DirectoryUploadEntry, bool> _ignore;

    /// <summary>Reads the ignore files now, so that an unreadable one costs no call.</summary>
    public DirectoryWalk(DirectoryInfo root, DirectoryUploadOptions options)
    {
        _root = root;
        _ignore = options.Ignore ?? (_ => false);
        _rules = new IgnoreRules(
        [
            .. options.UseDockerIgnore ? Lines(Path.Combine(root.FullName, IgnoreRules.DockerIgnore)) : [],
            .. options.IgnoreFile is { } file ? Lines(file) : [],
            .. options.IgnorePatterns,
        ]);
    }

    public IEnumerable<DirectoryUploadEntry> Entries() => Below(_root, "");

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    private IEnumerable<DirectoryUploadEntry> Below(DirectoryInfo directory, string prefix)
    {
        FileSystemInfo[] children = directory.GetFileSystemInfos("*", Everything);
        Array.Sort(children, (one, other) => string.CompareOrdinal(one.Name, other.Name));
        foreach (DirectoryUploadEntry entry in children.Select(child => new DirectoryUploadEntry(child, prefix + child.Name)))
        {
            bool isLeftOut = _rules.LeavesOut(entry.Path);
            if (isLeftOut && !(entry.IsDirectory && _rules.CanTakeBack))
            {
                continue;
            }

            if (!isLeftOut && _ignore(entry))
            {
                continue;
            }

            // A directory that is left out appears all the same when something below it is taken back in.
            bool isShown = !isLeftOut;
            if (isShown)
            {
                yield return entry;
            }

            foreach (DirectoryUploadEntry below in entry.IsDirectory ? Below((DirectoryInfo)entry.Info, $"{entry.Path}/") : [])
            {
                if (!isShown)
                {
                    isShown = true;
                    yield return entry;
                }

                yield return below;
            }
        }
    }
}
