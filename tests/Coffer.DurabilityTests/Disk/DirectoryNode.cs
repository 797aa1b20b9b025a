namespace Coffer.DurabilityTests.Disk;

/// <summary>A directory: names now, and the history from which the names on the disk follow.</summary>
internal sealed class DirectoryNode : DiskNode
{
    private readonly History<Change> _history = new();

    /// <summary>The names as the running process sees them.</summary>
    public Dictionary<string, DiskNode> Names { get; } = new(StringComparer.Ordinal);

    /// <param name="unit">Changes of one unit in one directory reach the disk together or not at all.</param>
    public void Set(string name, DiskNode node, int unit)
    {
        Names[name] = node;
        _history.Add(new Change(name, node, unit));
    }

    public void Remove(string name, int unit)
    {
        Names.Remove(name);
        _history.Add(new Change(name, Node: null, unit));
    }

    /// <remarks>
    /// Linux gives a file's failed pages up, but not names: they stay in the file system's journal, and one that cannot be
    /// written takes no further syncs at all. So a later sync that succeeds covers them. SQLite builds on that: it does not
    /// look at the outcome when it syncs a directory.
    /// </remarks>
    public override Action<bool> BeginSync() => _history.BeginSync(failureLoses: false);

    /// <summary>Makes the directory, with all that the disk holds below it.</summary>
    public void WriteTo(string path, Lots lots)
    {
        var names = new SortedDictionary<string, DiskNode>(StringComparer.Ordinal);
        foreach ((Change change, bool durable) in _history.Steps)
        {
            if (!durable && !lots.Draw(change.Unit)) continue;
            if (change.Node is null) names.Remove(change.Name);
            else names[change.Name] = change.Node;
        }

        Directory.CreateDirectory(path);
        foreach ((string name, DiskNode node) in names)
        {
            string below = Path.Combine(path, name);
            if (node is DirectoryNode directory)
            {
                directory.WriteTo(below, lots);
                continue;
            }

            var file = (FileNode)node;
            File.WriteAllBytes(below, file.Content(lots));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(below, file.Mode);
        }
    }

    private sealed record Change(string Name, DiskNode? Node, int Unit);
}
