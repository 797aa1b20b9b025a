using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Coffer.Archives.Gzip;
using Coffer.Archives.Tar;
using Coffer.Blobs;

namespace Coffer.Archives.Index;

/// <summary>What an archive holds and where, without reading the archive. Entries are in the order of their paths' bytes.</summary>
public sealed class ArchiveIndex : IDisposable
{
    private const int MostTextBytes = 1 << 20;
    private readonly IndexFile _file;
    private readonly long _entriesAt;
    private readonly int _checkpoints;

    private ArchiveIndex(IndexFile file, ArchiveKind kind, int entries, int checkpoints, long entriesAt) =>
        (_file, Kind, Count, _checkpoints, _entriesAt) = (file, kind, entries, checkpoints, entriesAt);

    public ArchiveKind Kind { get; }

    /// <summary>How many entries there are.</summary>
    public int Count { get; }

    /// <summary>Verifies an index. The file is this index's from now on.</summary>
    /// <returns>Null when it is damaged, of another version, or was made from something else.</returns>
    internal static ArchiveIndex? Open(IndexFile file, ReadOnlySpan<byte> fingerprint)
    {
        Span<byte> header = stackalloc byte[IndexLayout.HeaderSize];
        try
        {
            file.Read(header, file.Length - IndexLayout.HeaderSize);
            int kind = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
            int entries = BinaryPrimitives.ReadInt32LittleEndian(header[32..]);
            int checkpoints = BinaryPrimitives.ReadInt32LittleEndian(header[36..]);
            long entriesAt = BinaryPrimitives.ReadInt64LittleEndian(header[40..]);
            if (header.StartsWith(IndexLayout.Magic) && BinaryPrimitives.ReadInt32LittleEndian(header[8..]) == IndexLayout.Version
                && header.Slice(16, IndexLayout.FingerprintSize).SequenceEqual(fingerprint)
                && kind is (int)ArchiveKind.Tar or (int)ArchiveKind.TarGzip && entries >= 0 && checkpoints >= 0
                && entriesAt + ((long)entries * IndexLayout.EntrySize) + ((long)checkpoints * IndexLayout.CheckpointSize) + IndexLayout.HeaderSize == file.Length
                && ChecksumOf(file) == BinaryPrimitives.ReadUInt32LittleEndian(header[60..]))
            {
                return new ArchiveIndex(file, (ArchiveKind)kind, entries, checkpoints, entriesAt);
            }
        }
        catch (InvalidDataException)
        {
            // as damaged as one whose checksum is wrong
        }

        file.Dispose();
        return null;
    }

    /// <summary>The entry at a place in the order.</summary>
    public IndexedEntry this[int place]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(place);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Count);
            Span<byte> row = stackalloc byte[IndexLayout.EntrySize];
            byte[] path = PathAt(place, row);
            long after = BinaryPrimitives.ReadInt64LittleEndian(row) + path.Length;
            int targetLength = BinaryPrimitives.ReadInt32LittleEndian(row[12..]);
            byte[]? target = targetLength < 0 ? null : ReadText(after, targetLength);
            long size = BinaryPrimitives.ReadInt64LittleEndian(row[24..]), stored = BinaryPrimitives.ReadInt64LittleEndian(row[32..]);
            int stretches = BinaryPrimitives.ReadInt32LittleEndian(row[16..]);
            return new IndexedEntry
            {
                Path = Encoding.UTF8.GetString(path),
                Kind = (ArchiveEntryKind)BinaryPrimitives.ReadInt16LittleEndian(row[20..]),
                SizeBytes = size,
                Mode = (UnixFileMode)BinaryPrimitives.ReadInt16LittleEndian(row[22..]),
                ModifiedAtNs = BinaryPrimitives.ReadInt64LittleEndian(row[48..]),
                Target = target is null ? null : Encoding.UTF8.GetString(target),
                ContentOffset = BinaryPrimitives.ReadInt64LittleEndian(row[40..]),
                StoredBytes = stored,
                Sparse = stretches < 0 ? null : ReadMap(after + (target?.Length ?? 0), stretches, size, stored),
            };
        }
    }

    /// <summary>Where a path is in the order.</summary>
    /// <returns>Its place; when there is no such entry, the complement of the place where it would be.</returns>
    public int Find(string path)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(path);
        Span<byte> row = stackalloc byte[IndexLayout.EntrySize];
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            int order = PathAt(middle, row).AsSpan().SequenceCompareTo(wanted);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle;
        }

        return ~low;
    }

    /// <summary>Opens an entry's content.</summary>
    /// <param name="archive">Opens the archive at an offset in bytes; the stream is the content's from then on.</param>
    /// <param name="limits">Those that the index was made with.</param>
    internal Stream OpenContent(IndexedEntry entry, Func<long, Stream> archive, ArchiveLimits limits)
    {
        if (Kind is ArchiveKind.Tar) return new EntryContent(archive(entry.ContentOffset), skip: 0, entry);
        (GzipCheckpoint from, long windowAt, int windowLength) = CheckpointBefore(entry.ContentOffset);
        Stream source = archive(from.BitOffset / 8);
        ReadOnlySpan<byte> kept = ReadWindow(windowAt, windowLength);
        int stateLength = BinaryPrimitives.ReadUInt16LittleEndian(kept);
        ReadOnlySpan<byte> state = kept.Slice(sizeof(ushort), stateLength);
        var unpacked = new GzipReader(source, limits, from, kept[(sizeof(ushort) + stateLength)..], state) { Source = source };
        return new EntryContent(unpacked, entry.ContentOffset - from.Offset, entry);
    }

    public void Dispose() => _file.Dispose();

    private static uint ChecksumOf(IndexFile file)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
        try
        {
            uint crc = 0;
            long length = file.Length - sizeof(uint);
            for (long at = 0; at < length;)
            {
                int count = (int)Math.Min(buffer.Length, length - at);
                file.Read(buffer.AsSpan(0, count), at);
                crc = Crc32C.Append(crc, buffer.AsSpan(0, count));
                at += count;
            }

            return crc;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private byte[] PathAt(int place, Span<byte> row)
    {
        _file.Read(row, _entriesAt + ((long)place * IndexLayout.EntrySize));
        return ReadText(BinaryPrimitives.ReadInt64LittleEndian(row), BinaryPrimitives.ReadInt32LittleEndian(row[8..]));
    }

    private byte[] ReadText(long at, int length)
    {
        if (length is < 0 or > MostTextBytes) throw new InvalidDataException("the index has a text of no sensible length");
        byte[] text = new byte[length];
        _file.Read(text, at);
        return text;
    }

    private SparseMap ReadMap(long at, int count, long size, long stored)
    {
        if (count > SparseMap.MostStretches) throw new InvalidDataException("the index has too many holes");
        byte[] rows = new byte[count * IndexLayout.StretchSize];
        _file.Read(rows, at);
        var stretches = new SparseStretch[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> row = rows.AsSpan(i * IndexLayout.StretchSize, IndexLayout.StretchSize);
            stretches[i] = new SparseStretch(BinaryPrimitives.ReadInt64LittleEndian(row), BinaryPrimitives.ReadInt64LittleEndian(row[8..]));
        }

        return SparseMap.Of(stretches, size, stored) ?? throw new InvalidDataException("the index has a map that does not fit");
    }

    /// <summary>The last checkpoint that is not behind an offset. There is one at 0.</summary>
    private (GzipCheckpoint From, long WindowAt, int WindowLength) CheckpointBefore(long offset)
    {
        Span<byte> row = stackalloc byte[IndexLayout.CheckpointSize];
        int low = 0, high = _checkpoints - 1;
        while (low < high)
        {
            int middle = low + ((high - low + 1) / 2);
            ReadCheckpoint(middle, row);
            if (BinaryPrimitives.ReadInt64LittleEndian(row[8..]) <= offset) low = middle;
            else high = middle - 1;
        }

        ReadCheckpoint(low, row);
        var from = new GzipCheckpoint(BinaryPrimitives.ReadInt64LittleEndian(row), BinaryPrimitives.ReadInt64LittleEndian(row[8..]));
        return (from, BinaryPrimitives.ReadInt64LittleEndian(row[16..]), BinaryPrimitives.ReadInt32LittleEndian(row[24..]));
    }

    private void ReadCheckpoint(int place, Span<byte> row) =>
        _file.Read(row, _entriesAt + ((long)Count * IndexLayout.EntrySize) + ((long)place * IndexLayout.CheckpointSize));

    private byte[] ReadWindow(long at, int length)
    {
        using var compressed = new MemoryStream(ReadText(at, length), writable: false);
        using var deflate = new DeflateStream(compressed, CompressionMode.Decompress);
        byte[] window = new byte[sizeof(ushort) + 512 + Inflater.WindowSize]; // the state takes 321 bytes at most
        return window[..deflate.ReadAtLeast(window, window.Length, throwOnEndOfStream: false)];
    }
}
