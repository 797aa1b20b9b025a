using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Coffer.Archives.Gzip;
using Coffer.Archives.Tar;
using Coffer.Blobs;

namespace Coffer.Archives.Index;

/// <summary>Reads an archive once, from front to back, and writes down where its entries are and from where it can be unpacked.</summary>
internal sealed class IndexBuilder
{
    private const long FirstInterval = 4 << 20; // bytes that come out between two checkpoints
    private const int MostCheckpoints = 1024;
    private readonly Stream _destination;
    private readonly List<(GzipCheckpoint At, byte[] Window)> _checkpoints = [];
    private long _interval = FirstInterval;
    private long _position;
    private uint _crc;

    private IndexBuilder(Stream destination) => _destination = destination;

    /// <param name="archive">Read from its beginning. Reading it may block.</param>
    /// <param name="fingerprint">Names what the index is made from, <see cref="IndexLayout.FingerprintSize"/> bytes.</param>
    /// <exception cref="ArchiveException">The archive is refused.</exception>
    public static void Build(
        Stream archive, ArchiveKind kind, ReadOnlySpan<byte> fingerprint, ArchiveLimits limits, Stream destination, CancellationToken cancellationToken)
    {
        var builder = new IndexBuilder(destination);
        IReadOnlyList<(byte[] Path, IndexedEntry Entry)> entries = builder.Read(archive, kind, limits, cancellationToken);
        builder.Write(kind, fingerprint, entries);
    }

    private IReadOnlyList<(byte[] Path, IndexedEntry Entry)> Read(
        Stream archive, ArchiveKind kind, ArchiveLimits limits, CancellationToken cancellationToken)
    {
        using GzipReader? unpacked = kind is ArchiveKind.TarGzip ? new GzipReader(archive, limits) { AtCheckpoint = Consider } : null;
        var reader = new TarReader((Stream?)unpacked ?? archive, limits);
        var tree = new EntryTree(limits);
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tree.Add(entry);
        }

        return tree.Finish();
    }

    private void Consider(GzipCheckpoint at, Inflater inflater)
    {
        if (_checkpoints.Count > 0 && at.Offset - _checkpoints[^1].At.Offset < _interval) return;
        if (_checkpoints.Count == MostCheckpoints)
        {
            // Every second one goes, from here on they are rarer: the file stays small whatever the archive's size.
            for (int i = 1; i < MostCheckpoints / 2; i++) _checkpoints[i] = _checkpoints[2 * i];
            _checkpoints.RemoveRange(MostCheckpoints / 2, MostCheckpoints / 2);
            _interval *= 2;
        }

        _checkpoints.Add((at, Compressed(inflater.State, inflater.Window)));
    }

    private static byte[] Compressed(byte[] state, ReadOnlySpan<byte> window)
    {
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)state.Length);
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            deflate.Write(length);
            deflate.Write(state);
            deflate.Write(window);
        }

        return compressed.ToArray();
    }

    private void Write(ArchiveKind kind, ReadOnlySpan<byte> fingerprint, IReadOnlyList<(byte[] Path, IndexedEntry Entry)> entries)
    {
        byte[] table = new byte[(long)entries.Count * IndexLayout.EntrySize];
        for (int i = 0; i < entries.Count; i++)
        {
            WriteEntry(table.AsSpan(i * IndexLayout.EntrySize, IndexLayout.EntrySize), entries[i].Path, entries[i].Entry);
        }

        byte[] checkpoints = new byte[_checkpoints.Count * IndexLayout.CheckpointSize];
        for (int i = 0; i < _checkpoints.Count; i++)
        {
            Span<byte> row = checkpoints.AsSpan(i * IndexLayout.CheckpointSize, IndexLayout.CheckpointSize);
            BinaryPrimitives.WriteInt64LittleEndian(row, _checkpoints[i].At.BitOffset);
            BinaryPrimitives.WriteInt64LittleEndian(row[8..], _checkpoints[i].At.Offset);
            BinaryPrimitives.WriteInt64LittleEndian(row[16..], _position);
            BinaryPrimitives.WriteInt32LittleEndian(row[24..], _checkpoints[i].Window.Length);
            Append(_checkpoints[i].Window);
        }

        long entriesAt = _position;
        Append(table);
        Append(checkpoints);

        Span<byte> header = stackalloc byte[IndexLayout.HeaderSize];
        header.Clear();
        IndexLayout.Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], IndexLayout.Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], (int)kind);
        fingerprint.CopyTo(header.Slice(16, IndexLayout.FingerprintSize));
        BinaryPrimitives.WriteInt32LittleEndian(header[32..], entries.Count);
        BinaryPrimitives.WriteInt32LittleEndian(header[36..], _checkpoints.Count);
        BinaryPrimitives.WriteInt64LittleEndian(header[40..], entriesAt);
        Append(header[..60]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[60..], _crc);
        Append(header[60..]);
    }

    private void WriteEntry(Span<byte> row, byte[] path, IndexedEntry entry)
    {
        byte[]? target = entry.Target is { } text ? Encoding.UTF8.GetBytes(text) : null;
        BinaryPrimitives.WriteInt64LittleEndian(row, _position);
        BinaryPrimitives.WriteInt32LittleEndian(row[8..], path.Length);
        BinaryPrimitives.WriteInt32LittleEndian(row[12..], target?.Length ?? -1);
        BinaryPrimitives.WriteInt32LittleEndian(row[16..], entry.Sparse?.Stretches.Length ?? -1);
        BinaryPrimitives.WriteInt16LittleEndian(row[20..], (short)entry.Kind);
        BinaryPrimitives.WriteInt16LittleEndian(row[22..], (short)entry.Mode);
        BinaryPrimitives.WriteInt64LittleEndian(row[24..], entry.SizeBytes);
        BinaryPrimitives.WriteInt64LittleEndian(row[32..], entry.StoredBytes);
        BinaryPrimitives.WriteInt64LittleEndian(row[40..], entry.ContentOffset);
        BinaryPrimitives.WriteInt64LittleEndian(row[48..], entry.ModifiedAtNs);
        Append(path);
        Append(target);
        Span<byte> stretch = stackalloc byte[IndexLayout.StretchSize];
        foreach ((long offset, long length) in entry.Sparse?.Stretches ?? [])
        {
            BinaryPrimitives.WriteInt64LittleEndian(stretch, offset);
            BinaryPrimitives.WriteInt64LittleEndian(stretch[8..], length);
            Append(stretch);
        }
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _destination.Write(bytes);
        _crc = Crc32C.Append(_crc, bytes);
        _position += bytes.Length;
    }
}
