namespace Coffer.DurabilityTests.Disk;

/// <summary>A file's bytes, apart from the names it has.</summary>
internal sealed class FileNode(uint mode) : DiskNode
{
    private const int PageBytes = 4096;

    private readonly History<Change> _history = new();

    public UnixFileMode Mode { get; } = (UnixFileMode)(mode & 0b111_111_111);

    public void Write(long offset, ReadOnlyMemory<byte> data)
    {
        if (!data.IsEmpty) _history.Add(new Change(offset, data.Length, data));
    }

    public void SetLength(long length) => _history.Add(new Change(length, Length: null, default));

    /// <summary>What fallocate does to the readable bytes.</summary>
    public void Allocate(long offset, long length, uint flags)
    {
        const uint KeepSize = 0x01, PunchHole = 0x02, ZeroRange = 0x10;
        bool zeroes = (flags & (PunchHole | ZeroRange)) != 0;
        bool keepsSize = (flags & KeepSize) != 0;
        if (zeroes || !keepsSize) _history.Add(new Change(offset, length, default) { Zeroes = zeroes, KeepsSize = keepsSize });
    }

    public override Action<bool> BeginSync() => _history.BeginSync(failureLoses: true);

    /// <summary>The file's content on a disk that kept what the lots say.</summary>
    public byte[] Content(Lots lots)
    {
        var content = new Content();
        foreach ((Change change, bool durable) in _history.Steps)
        {
            if (change.Data.IsEmpty)
            {
                if (durable || lots.Draw()) Apply(change, content);
                continue;
            }

            for (int at = 0; at < change.Data.Length;)
            {
                int page = (int)Math.Min(change.Data.Length - at, PageBytes - (change.Offset + at) % PageBytes);
                if (durable || lots.Draw()) content.Write(change.Offset + at, change.Data.Span.Slice(at, page));
                at += page;
            }
        }

        return content.ToArray();
    }

    private static void Apply(Change change, Content content)
    {
        if (change.Length is not { } length)
        {
            content.SetLength(change.Offset);
            return;
        }

        if (change.Zeroes) content.Zero(change.Offset, length);
        if (!change.KeepsSize) content.SetLength(Math.Max(content.Length, change.Offset + length));
    }

    /// <summary>With data: a write. Without a length: the size becomes the offset. Else an allocation.</summary>
    private sealed record Change(long Offset, long? Length, ReadOnlyMemory<byte> Data)
    {
        public bool Zeroes { get; init; }

        public bool KeepsSize { get; init; }
    }
}
