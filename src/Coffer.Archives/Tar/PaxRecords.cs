using System.Buffers.Text;

namespace Coffer.Archives.Tar;

/// <summary>What extended headers say of an entry. Null where they say nothing.</summary>
/// <remarks>Source: POSIX.1-2017 pax, "pax Extended Header"; GNU tar manual, "Storing Sparse Files".</remarks>
internal sealed class PaxRecords
{
    public string? Path { get; private set; }

    public string? LinkPath { get; private set; }

    public long? Size { get; private set; }

    public long? ModifiedAtNs { get; private set; }

    public string? SparseName { get; private set; }

    public long? SparseRealSize { get; private set; }

    /// <summary>1 when the map stands before the content; otherwise it is in the records.</summary>
    public long? SparseMajor { get; private set; }

    /// <summary>The map of the forms 0.0 and 0.1.</summary>
    public List<SparseStretch>? SparseMap { get; private set; }

    private long? _stretchOffset;

    public PaxRecords Copy()
    {
        var copy = (PaxRecords)MemberwiseClone();
        copy.SparseMap = SparseMap is null ? null : [.. SparseMap];
        return copy;
    }

    /// <summary>Adds the records of one extended header; a later one of the same name counts, an empty one takes it back.</summary>
    /// <param name="isGlobal">Whether it holds for all entries that follow: then it can say nothing of the holes of one file.</param>
    /// <exception cref="ArchiveException">Damaged.</exception>
    public void Add(ReadOnlySpan<byte> data, bool isGlobal = false)
    {
        while (!data.IsEmpty)
        {
            int space = data.IndexOf((byte)' ');
            if (space <= 0 || !Utf8Parser.TryParse(data[..space], out int length, out int digits) || digits != space
                || length <= space + 1 || length > data.Length || data[length - 1] != '\n')
            {
                if (data.IndexOfAnyExcept((byte)0) < 0) return; // some writers pad
                throw Damaged("has a record of the wrong length");
            }

            ReadOnlySpan<byte> record = data[(space + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0) throw Damaged("has a record without a name");
            Set(record[..equals], record[(equals + 1)..], isGlobal);
            data = data[length..];
        }
    }

    private void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool isGlobal)
    {
        if (key.SequenceEqual("path"u8)) Path = Text(value);
        else if (key.SequenceEqual("linkpath"u8)) LinkPath = Text(value);
        else if (key.SequenceEqual("size"u8)) Size = value.IsEmpty ? null : Number(value);
        else if (key.SequenceEqual("mtime"u8)) ModifiedAtNs = value.IsEmpty ? null : PaxTime.Parse(value) ?? throw Damaged("has a time that is none");
        else if (key.StartsWith("GNU.sparse."u8) && !isGlobal) SetSparse(key["GNU.sparse."u8.Length..], value);
    }

    private void SetSparse(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (key.SequenceEqual("name"u8)) SparseName = Text(value);
        else if (key.SequenceEqual("major"u8)) SparseMajor = Number(value);
        else if (key.SequenceEqual("realsize"u8) || key.SequenceEqual("size"u8)) SparseRealSize = Number(value);
        else if (key.SequenceEqual("numblocks"u8)) SparseMap = [];
        else if (key.SequenceEqual("offset"u8)) _stretchOffset = Number(value);
        else if (key.SequenceEqual("numbytes"u8)) AddStretch(_stretchOffset ?? throw Damaged("has a stretch without an offset"), Number(value));
        else if (key.SequenceEqual("map"u8)) SetMap(value);
    }

    private void SetMap(ReadOnlySpan<byte> value)
    {
        SparseMap = [];
        long? offset = null;
        foreach (Range part in value.Split((byte)','))
        {
            if (value[part].IsEmpty && value.IsEmpty) return;
            long number = Number(value[part]);
            if (offset is { } start)
            {
                AddStretch(start, number);
                offset = null;
            }
            else
            {
                offset = number;
            }
        }

        if (offset is not null) throw Damaged("has half a stretch");
    }

    private void AddStretch(long offset, long length)
    {
        SparseMap ??= [];
        if (SparseMap.Count == Tar.SparseMap.MostStretches) throw Damaged("has too many holes");
        SparseMap.Add(new SparseStretch(offset, length));
        _stretchOffset = null;
    }

    private static string? Text(ReadOnlySpan<byte> value) => value.IsEmpty ? null : TarText.Of(value);

    private static long Number(ReadOnlySpan<byte> value) =>
        Utf8Parser.TryParse(value, out long number, out int used) && used == value.Length && number >= 0
            ? number
            : throw Damaged("has a number that is none of 63 bits");

    private static ArchiveException Damaged(string what) => new(ArchiveFault.Damaged, $"the archive is damaged: an extended header {what}");
}
