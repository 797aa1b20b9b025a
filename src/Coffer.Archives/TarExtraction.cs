using Coffer.Archives.Tar;

namespace Coffer.Archives;

/// <summary>Takes the entries of a tar archive, one after the other, into a tree.</summary>
internal sealed class TarExtraction(TarReader reader, ExtractedTree tree, ArchiveLimits limits, CancellationToken cancellationToken)
{
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;
    private readonly byte[] _buffer = new byte[ExtractedFile.BufferBytes];
    private readonly LinkTargets _links = new(limits);
    private int _entries;
    private long _bytes;

    public ExtractionReport Run()
    {
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (PathOf(entry, limits) is { } path)
            {
                Make(path, entry);
                _entries++;
            }
        }

        _links.CheckWinding();
        tree.Finish();
        return new ExtractionReport(_entries, _bytes);
    }

    /// <returns>Null for what is skipped: devices and their like, and the place itself, which is the caller's and stays as it is.</returns>
    /// <exception cref="ArchiveException">UnsafeEntry.</exception>
    internal static string? PathOf(ArchiveEntry entry, ArchiveLimits limits)
    {
        string path = EntryPath.Of(entry.Name, limits);
        return path.Length == 0 && entry.Kind is not ArchiveEntryKind.Directory ? throw EntryPath.Unsafe(entry.Name, "has an empty name")
            : path.Length == 0 || entry.Kind is ArchiveEntryKind.Special ? null
            : path;
    }

    private void Make(string path, ArchiveEntry entry)
    {
        switch (entry.Kind)
        {
            case ArchiveEntryKind.Directory:
                _links.Remove(path);
                tree.MakeDirectory(path, entry.Mode & Permissions, entry.ModifiedAtNs);
                break;
            case ArchiveEntryKind.SymbolicLink:
                _links.Add(path, entry.Target!);
                tree.MakeSymbolicLink(path, entry.Target!, entry.ModifiedAtNs);
                break;
            case ArchiveEntryKind.HardLink:
                MakeHardLink(path, EntryPath.Of(entry.Target!, limits), entry);
                break;
            default:
                _links.Remove(path);
                MakeFile(path, entry);
                break;
        }
    }

    private void MakeHardLink(string path, string existing, ArchiveEntry entry)
    {
        if (_links.Find(existing) is { } target)
        {
            // A second name would read the same text from another place, so it is judged as a link of its own.
            _links.Add(path, target);
            tree.MakeSymbolicLink(path, target, entry.ModifiedAtNs);
            return;
        }

        _links.Remove(path);
        if (!tree.TryMakeHardLink(path, existing))
        {
            throw new ArchiveException(
                ArchiveFault.Conflict, $"the entry {EntryPath.Shown(path)} is a second name of {EntryPath.Shown(existing)}, and no file has that name");
        }
    }

    private void MakeFile(string path, ArchiveEntry entry)
    {
        using ExtractedFile file = tree.MakeFile(path, entry.Mode & Permissions);
        if (entry.Sparse is { } sparse)
        {
            file.SetSize(entry.SizeBytes);
            foreach (SparseStretch stretch in sparse.Stretches)
            {
                Copy(file, stretch.Offset, stretch.Length);
            }
        }
        else
        {
            Copy(file, 0, entry.SizeBytes);
        }

        file.SetModified(entry.ModifiedAtNs);
        _bytes += entry.SizeBytes;
    }

    private void Copy(ExtractedFile file, long offset, long length)
    {
        while (length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int wanted = (int)Math.Min(length, _buffer.Length), filled = 0;
            while (filled < wanted) filled += reader.ReadStored(_buffer.AsSpan(filled, wanted - filled));
            file.Write(_buffer.AsSpan(0, wanted), offset);
            offset += wanted;
            length -= wanted;
        }
    }
}
