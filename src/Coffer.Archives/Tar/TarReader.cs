namespace Coffer.Archives.Tar;

/// <summary>
/// Reads a tar archive from front to back: ustar and what came before it, pax with global headers, the long names and sparse
/// files of GNU. Nothing is believed: checksums are verified, sizes are numbers of 63 bits that the archive has to bear out,
/// and an archive without its end mark is refused as cut off.
/// </summary>
/// <param name="archive">The unpacked archive. Reading it may block.</param>
public sealed class TarReader(Stream archive, ArchiveLimits limits)
{
    private const int BlockSize = TarHeader.BlockSize;
    private const int MostHeaderBytes = 1 << 20; // of one long name or extended header
    private const int HeadersForEntry = 16;
    private const int FillingBytes = 16 << 20; // tar fills up to whole records, 10 KiB unless told otherwise

    private readonly byte[] _block = new byte[BlockSize];
    private readonly PaxRecords _global = new();
    private long _position;
    private long _contentLeft; // stored bytes of the current entry that were not read
    private int _padding; // behind them
    private bool _ended;

    private ArchiveEntry? _current;
    private ContentCursor _cursor;

    private int _entries;
    private long _headers;
    private long _totalBytes;

    /// <summary>The next entry, in the order of the archive; null at its end. What was not read of the one before is skipped.</summary>
    /// <exception cref="ArchiveException">The archive is refused; there is nothing more to read.</exception>
    public ArchiveEntry? Next()
    {
        if (_ended) return null;
        SkipContent();
        _current = null;
        string? longName = null, longTarget = null;
        PaxRecords? local = null;
        for (int headers = 0; ; headers++)
        {
            bool isFirst = _position == 0;
            if (!TryReadBlock())
            {
                throw isFirst
                    ? new ArchiveException(ArchiveFault.NotAnArchive, "this is no archive: it is empty")
                    : Truncated("it has no end mark");
            }

            if (_block.AsSpan().IndexOfAnyExcept((byte)0) < 0)
            {
                if (headers > 0) throw Damaged("it ends between the headers of an entry");
                ReadToEnd();
                return null;
            }

            var header = new TarHeader(_block);
            if (!header.HasRightChecksum)
            {
                throw isFirst
                    ? new ArchiveException(ArchiveFault.NotAnArchive, "this is no tar archive: its first block has no right checksum")
                    : Damaged("a header does not match its checksum");
            }

            // An entry takes one of these headers each at most; more of them would be a way around the limit of entries.
            if (headers > HeadersForEntry || ++_headers > (long)limits.Entries * 4) throw TooMany();
            switch (header.Type)
            {
                case 'x' or 'X':
                    (local ??= _global.Copy()).Add(ReadHeaderData(header));
                    break;
                case 'g':
                    _global.Add(ReadHeaderData(header), isGlobal: true);
                    break;
                case 'L':
                    longName = TarText.Of(TarText.Ended(ReadHeaderData(header)));
                    break;
                case 'K':
                    longTarget = TarText.Of(TarText.Ended(ReadHeaderData(header)));
                    break;
                case 'V' or 'N': // a volume's label; long names of an older kind that nobody writes
                    Begin(SizeOf(header, stated: null));
                    SkipContent();
                    headers = -1;
                    break;
                case 'M':
                    throw Damaged("it continues another volume");
                default:
                    return Open(header, local ?? _global, longName, longTarget);
            }
        }
    }

    /// <summary>Reads on in the current entry's content, holes as zeros.</summary>
    /// <returns>0 at the end of the content.</returns>
    /// <exception cref="ArchiveException">Truncated, Damaged.</exception>
    public int Read(Span<byte> destination)
    {
        (int count, bool isHole) = _cursor.Next(destination.Length);
        if (isHole)
        {
            destination[..count].Clear();
        }
        else if (count > 0)
        {
            count = ReadStored(destination[..count]);
        }

        _cursor.Advance(count);
        return count;
    }

    /// <summary>Reads on in the stored bytes of the current entry: <see cref="ArchiveEntry.Sparse"/> says where in the file they lie.</summary>
    internal int ReadStored(Span<byte> destination)
    {
        int count = (int)Math.Min(destination.Length, _contentLeft);
        if (count == 0) return 0;
        int read = archive.Read(destination[..count]);
        if (read == 0) throw Truncated($"the content of {EntryPath.Shown(_current?.Name ?? "")} is not whole");
        _contentLeft -= read;
        _position += read;
        return read;
    }

    private ArchiveEntry Open(TarHeader header, PaxRecords records, string? longName, string? longTarget)
    {
        string name = records.SparseName ?? records.Path ?? longName ?? NameOf(header);
        ArchiveEntryKind kind = KindOf(header.Type, name);
        if (++_entries > limits.Entries) throw TooMany();
        if (!TarNumber.TryParse(header.Mode, out long mode)) throw Damaged($"the mode of {EntryPath.Shown(name)} is no number");

        long modifiedAtNs = records.ModifiedAtNs ?? (TarNumber.TryParse(header.ModifiedAt, out long seconds)
            ? PaxTime.Of(seconds)
            : throw Damaged($"the time of {EntryPath.Shown(name)} is no number"));
        string? target = kind is ArchiveEntryKind.SymbolicLink or ArchiveEntryKind.HardLink
            ? records.LinkPath ?? longTarget ?? TarText.Of(header.LinkName)
            : null;

        // Links, directories and devices have no content, whatever their size says: that is how others read them, too.
        long stored = header.Type is >= '1' and <= '6' ? 0 : SizeOf(header, records.Size);
        (SparseMap? sparse, long size) = (null, kind is ArchiveEntryKind.File ? stored : 0);
        if (kind is ArchiveEntryKind.File && header.Type == 'S')
        {
            (sparse, size) = ReadOldSparse(header, stored, name);
            Begin(stored);
        }
        else if (kind is ArchiveEntryKind.File && records.SparseMajor is > 0)
        {
            Begin(stored);
            (sparse, size) = ReadLeadingMap(records, name);
        }
        else
        {
            Begin(stored);
            if (kind is ArchiveEntryKind.File && records.SparseMap is { } map)
            {
                size = records.SparseRealSize ?? stored;
                sparse = MapOf(map, size, stored, name);
            }
        }

        Account(name, size);
        _current = new ArchiveEntry
        {
            Name = name,
            Kind = kind,
            SizeBytes = size,
            Mode = (UnixFileMode)(mode & 0xFFF),
            ModifiedAtNs = modifiedAtNs,
            Target = target,
            ContentOffset = _position,
            StoredBytes = kind is ArchiveEntryKind.File ? _contentLeft : 0,
            Sparse = sparse,
        };
        _cursor = new ContentCursor(size, sparse);
        return _current;
    }

    private static ArchiveEntryKind KindOf(char type, string name) => type switch
    {
        '1' => ArchiveEntryKind.HardLink,
        '2' => ArchiveEntryKind.SymbolicLink,
        '3' or '4' or '6' => ArchiveEntryKind.Special,
        '5' or 'D' => ArchiveEntryKind.Directory,
        '0' or '\0' or '7' when name.EndsWith('/') => ArchiveEntryKind.Directory, // before ustar there was no other way
        _ => ArchiveEntryKind.File, // POSIX: a type that is not known is a file
    };

    private static string NameOf(TarHeader header)
    {
        ReadOnlySpan<byte> prefix = header.Prefix;
        return prefix.IsEmpty ? TarText.Of(header.Name) : TarText.Of([.. prefix, (byte)'/', .. header.Name]);
    }

    private long SizeOf(TarHeader header, long? stated)
    {
        long size = 0;
        if (stated is null && !TarNumber.TryParse(header.Size, out size)) throw Damaged("the size of an entry is no number of 63 bits");
        size = stated ?? size;
        return size < 0 ? throw Damaged("the size of an entry is negative")
            : size > long.MaxValue - BlockSize - _position ? throw Damaged("an entry claims to be larger than any archive")
            : size;
    }

    private void Account(string name, long size)
    {
        if (size > limits.FileBytes)
        {
            throw new ArchiveException(ArchiveFault.TooLarge, $"the entry {EntryPath.Shown(name)} has more than the {limits.FileBytes} bytes that are allowed for a file");
        }

        if (size > limits.TotalBytes - _totalBytes)
        {
            throw new ArchiveException(ArchiveFault.TooLarge, $"the files of the archive have more than the {limits.TotalBytes} bytes that are allowed");
        }

        _totalBytes += size;
    }

    /// <summary>The map in the header, and in blocks of its own behind it, which no size counts.</summary>
    private (SparseMap Map, long Size) ReadOldSparse(TarHeader header, long stored, string name)
    {
        if (!TarNumber.TryParse(header.SparseRealSize, out long size) || size < 0) throw Damaged($"the size of {EntryPath.Shown(name)} is no number of 63 bits");
        var stretches = new List<SparseStretch>();
        bool more = header.IsSparseExtended;
        AddStretches(stretches, header.SparseEntries, name);
        while (more)
        {
            const int entriesInBlock = 21;
            if (!TryReadBlock()) throw Truncated($"the map of {EntryPath.Shown(name)} is not whole");
            AddStretches(stretches, _block.AsSpan(0, entriesInBlock * TarHeader.SparseEntrySize), name);
            more = _block[entriesInBlock * TarHeader.SparseEntrySize] != 0;
        }

        return (MapOf(stretches, size, stored, name), size);
    }

    private static void AddStretches(List<SparseStretch> stretches, ReadOnlySpan<byte> entries, string name)
    {
        for (; !entries.IsEmpty && entries[12] != 0; entries = entries[TarHeader.SparseEntrySize..])
        {
            if (stretches.Count == SparseMap.MostStretches) throw TooManyHoles(name);
            if (!TarNumber.TryParse(entries[..12], out long offset) || !TarNumber.TryParse(entries.Slice(12, 12), out long length))
            {
                throw Damaged($"the map of {EntryPath.Shown(name)} has a number that is none of 63 bits");
            }

            stretches.Add(new SparseStretch(offset, length));
        }
    }

    /// <summary>The form 1.0: decimal numbers, one a line, in blocks of their own before the content and counted with it.</summary>
    private (SparseMap Map, long Size) ReadLeadingMap(PaxRecords records, string name)
    {
        if (records.SparseMajor > 1 || records.SparseRealSize is not { } size) throw Damaged($"{EntryPath.Shown(name)} is sparse in a form that is not known");
        var numbers = new LeadingNumbers(this, name);
        long count = numbers.Next();
        if (count > SparseMap.MostStretches) throw TooManyHoles(name);
        var stretches = new List<SparseStretch>((int)Math.Min(count, 1024));
        for (long i = 0; i < count; i++)
        {
            long offset = numbers.Next();
            stretches.Add(new SparseStretch(offset, numbers.Next()));
        }

        return (MapOf(stretches, size, _contentLeft, name), size);
    }

    private static SparseMap MapOf(List<SparseStretch> stretches, long size, long stored, string name) =>
        SparseMap.Of(stretches, size, stored) ?? throw Damaged($"the map of {EntryPath.Shown(name)} does not fit its content");

    private ReadOnlySpan<byte> ReadHeaderData(TarHeader header)
    {
        long size = SizeOf(header, stated: null);
        if (size > MostHeaderBytes) throw new ArchiveException(ArchiveFault.TooLarge, $"the archive has a name or a header of more than {MostHeaderBytes} bytes");
        Begin(size);
        byte[] data = new byte[size];
        for (int done = 0; done < data.Length;) done += ReadStored(data.AsSpan(done));
        SkipContent();
        return data;
    }

    private void Begin(long stored)
    {
        _contentLeft = stored;
        _padding = (int)(-stored & (BlockSize - 1));
    }

    private void SkipContent()
    {
        Span<byte> skipped = stackalloc byte[4096];
        while (_contentLeft > 0) _ = ReadStored(skipped);
        while (_padding > 0)
        {
            int read = archive.Read(skipped[.._padding]);
            if (read == 0) throw Truncated($"the content of {EntryPath.Shown(_current?.Name ?? "")} is not whole");
            _padding -= read;
            _position += read;
        }
    }

    /// <summary>What follows the end mark is of no meaning, but its compression has a checksum at the very end.</summary>
    private void ReadToEnd()
    {
        _ended = true;
        Span<byte> rest = stackalloc byte[4096];
        for (long left = Math.Max(limits.TotalBytes, FillingBytes); ;)
        {
            int read = archive.Read(rest);
            if (read == 0) return;
            left -= read;
            if (left < 0) throw new ArchiveException(ArchiveFault.TooLarge, "more follows the end of the archive than it may hold");
        }
    }

    /// <returns>False when the archive ends in front of the block.</returns>
    private bool TryReadBlock()
    {
        for (int done = 0; done < BlockSize;)
        {
            int read = archive.Read(_block.AsSpan(done));
            if (read == 0)
            {
                return done == 0 ? false
                    : _position == 0 ? throw new ArchiveException(ArchiveFault.NotAnArchive, "this is no tar archive: it has not even one block")
                    : throw Truncated("it ends within a header");
            }

            done += read;
        }

        _position += BlockSize;
        return true;
    }

    private ArchiveException TooMany() => new(ArchiveFault.TooLarge, $"the archive has more than the {limits.Entries} entries that are allowed");

    private static ArchiveException TooManyHoles(string name) =>
        new(ArchiveFault.TooLarge, $"the entry {EntryPath.Shown(name)} has more than {SparseMap.MostStretches} holes");

    private static ArchiveException Truncated(string how) => new(ArchiveFault.Truncated, $"the archive is cut off: {how}");

    private static ArchiveException Damaged(string how) => new(ArchiveFault.Damaged, $"the archive is damaged: {how}");

    /// <summary>The lines of a map that stands before the content, block by block.</summary>
    private ref struct LeadingNumbers(TarReader reader, string name)
    {
        private int _at = BlockSize;

        public long Next()
        {
            long value = 0;
            for (int digits = 0; ; digits++)
            {
                if (_at == BlockSize) ReadBlock();
                byte next = reader._block[_at++];
                if (next == '\n' && digits > 0) return value;
                if (next is < (byte)'0' or > (byte)'9' || value > (long.MaxValue - 9) / 10)
                {
                    throw Damaged($"the map of {EntryPath.Shown(name)} has a line that is no number");
                }

                value = (value * 10) + (next - '0');
            }
        }

        private void ReadBlock()
        {
            if (reader._contentLeft < BlockSize) throw Damaged($"the map of {EntryPath.Shown(name)} does not end");
            for (int done = 0; done < BlockSize;) done += reader.ReadStored(reader._block.AsSpan(done));
            _at = 0;
        }
    }
}
