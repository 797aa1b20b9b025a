using Coffer.LocalFiles;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Archives;

/// <summary>Makes files, directories and links below a directory, none of them through a link. Later ones replace earlier ones.</summary>
/// <param name="owner">User and group id of all that is made; null for the server's own.</param>
internal sealed class ExtractedTree(RootedDirectory into, ArchiveLimits limits, int? owner) : IDisposable
{
    private const UnixFileMode WhileFilling = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OfImplied = (UnixFileMode)0b111_101_101;
    private readonly PathBudget _budget = new(limits);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal) { "" };

    /// <summary>What directories get in the end: mode and time, null for those that the archive only implies.</summary>
    private readonly Dictionary<string, (UnixFileMode Mode, long? ModifiedAtNs)> _directories = new(StringComparer.Ordinal);

    private string _currentPath = "";
    private RootedDirectory? _current; // null for the root

    /// <summary>Makes a directory, or takes the one that is there. It is writable until <see cref="Finish"/>.</summary>
    public void MakeDirectory(string path, UnixFileMode mode, long modifiedAtNs)
    {
        if (!_known.Contains(path))
        {
            RootedDirectory parent = Enter(EntryPath.ParentOf(path), path);
            _budget.Take(path);
            Replacing(parent, path, () => parent.MakeDirectories(NameOf(path), WhileFilling, Links.Refuse, owner));
            _known.Add(path);
        }

        _directories[path] = (mode, modifiedAtNs);
    }

    /// <summary>Makes an empty file in place of what has its name.</summary>
    public ExtractedFile MakeFile(string path, UnixFileMode mode)
    {
        RootedDirectory parent = Enter(EntryPath.ParentOf(path), path);
        _budget.Take(NameOf(path));
        SafeFileHandle? file = null;
        Replacing(parent, path, () => file = parent.Create(NameOf(path), FileMode.CreateNew, mode, Links.Refuse, owner));
        return new ExtractedFile(file!);
    }

    public void MakeSymbolicLink(string path, string target, long modifiedAtNs)
    {
        RootedDirectory parent = Enter(EntryPath.ParentOf(path), path);
        _budget.Take(path, target);
        Replacing(parent, path, () => parent.MakeSymbolicLink(NameOf(path), target));
        if (owner is { } id) parent.SetOwner(NameOf(path), id, id);
        parent.SetTime(NameOf(path), MomentOf(modifiedAtNs));
    }

    /// <returns>False when the other name is not a file's.</returns>
    public bool TryMakeHardLink(string path, string existing)
    {
        RootedDirectory parent = Enter(EntryPath.ParentOf(path), path);
        _budget.Take(NameOf(path));
        if (!IsFile(existing)) return false;
        if (path != existing) Replacing(parent, path, () => into.MakeHardLink(existing, path));
        return true;
    }

    /// <summary>Gives directories their modes and times, those below others first: a directory may forbid what was done in it.</summary>
    public void Finish()
    {
        foreach ((string path, (UnixFileMode mode, long? modifiedAtNs)) in _directories.OrderByDescending(found => found.Key, StringComparer.Ordinal))
        {
            using RootedDirectory directory = into.OpenDirectory(path, Links.Refuse);
            OpenedFile.SetMode(directory.Handle, mode);
            if (modifiedAtNs is { } time) OpenedFile.SetModified(directory.Handle, time);
        }
    }

    public void Dispose() => _current?.Dispose();

    private bool IsFile(string path)
    {
        try
        {
            return into.Stat(path, Links.Refuse) is { Kind: RootedKind.File };
        }
        catch (RootedPathException refused) when (refused.Reason is RootedPathReason.Escapes or RootedPathReason.NotDirectory)
        {
            return false;
        }
    }

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The open directory of a path, made with those above it when it is missing. The last one stays open.</summary>
    /// <param name="entry">What is to be made in it; for the message.</param>
    private RootedDirectory Enter(string path, string entry)
    {
        if (path == _currentPath) return _current ?? into;
        try
        {
            MakeImplied(path);
            RootedDirectory? next = path.Length == 0 ? null : into.OpenDirectory(path, Links.Refuse);
            _current?.Dispose();
            (_current, _currentPath) = (next, path);
            return next ?? into;
        }
        catch (RootedPathException refused) when (refused.Reason is RootedPathReason.Escapes or RootedPathReason.NotDirectory)
        {
            throw new ArchiveException(
                ArchiveFault.Conflict, $"the entry {EntryPath.Shown(entry)} lies below {EntryPath.Shown(path)}, which is no directory", refused);
        }
    }

    /// <summary>Makes the directories above an entry that are missing, each from the one above it: a deep path is walked once.</summary>
    private void MakeImplied(string path)
    {
        if (_known.Contains(path)) return;
        string made = EntryPath.ParentOf(path);
        while (!_known.Contains(made)) made = EntryPath.ParentOf(made);
        RootedDirectory above = into.OpenDirectory(made.Length == 0 ? "." : made, Links.Refuse);
        try
        {
            foreach (string name in path[(made.Length == 0 ? 0 : made.Length + 1)..].Split('/'))
            {
                made = made.Length == 0 ? name : $"{made}/{name}";
                _budget.Take(made);
                if (above.Stat(name, Links.Refuse) is null)
                {
                    above.MakeDirectories(name, WhileFilling, Links.Refuse, owner);
                    _directories[made] = (OfImplied, null);
                }

                RootedDirectory below = above.OpenDirectory(name, Links.Refuse);
                above.Dispose();
                above = below;
                _known.Add(made);
            }
        }
        finally
        {
            above.Dispose();
        }
    }

    /// <summary>Makes something, if need be in place of what has its name; a directory gives way to nothing.</summary>
    private static void Replacing(RootedDirectory parent, string path, Action make)
    {
        try
        {
            make();
        }
        catch (RootedPathException taken) when (taken.Reason is RootedPathReason.Exists or RootedPathReason.NotDirectory or RootedPathReason.Escapes)
        {
            if (parent.Stat(NameOf(path), Links.Refuse) is { Kind: RootedKind.Directory })
            {
                throw new ArchiveException(
                    ArchiveFault.Conflict, $"the entry {EntryPath.Shown(path)} stands in the way of another of that name", taken);
            }

            parent.Remove(NameOf(path));
            make();
        }
    }

    private static DateTimeOffset MomentOf(long unixNs) => DateTimeOffset.UnixEpoch.AddTicks(unixNs / TimeSpan.NanosecondsPerTick);
}
