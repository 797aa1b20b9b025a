using Coffer.Archives.Tar;

namespace Coffer.Archives.Index;

/// <summary>The content of one entry, holes as zeros, out of the unpacked archive.</summary>
/// <param name="stored">Disposed with this.</param>
/// <param name="skip">How far in front of the entry's stored bytes it stands.</param>
internal sealed class EntryContent(Stream stored, long skip, IndexedEntry entry) : BlockingStream
{
    private ContentCursor _cursor = new(entry.SizeBytes, entry.Sparse);
    private long _skip = skip;

    public override long Length => entry.SizeBytes;

    /// <exception cref="ArchiveException">Truncated: the archive is not the one that was indexed.</exception>
    public override int Read(Span<byte> buffer)
    {
        Span<byte> skipped = stackalloc byte[4096];
        while (_skip > 0) _skip -= Required(stored.Read(skipped[..(int)Math.Min(skipped.Length, _skip)]));
        (int count, bool isHole) = _cursor.Next(buffer.Length);
        if (isHole)
        {
            buffer[..count].Clear();
        }
        else if (count > 0)
        {
            count = Required(stored.Read(buffer[..count]));
        }

        _cursor.Advance(count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) stored.Dispose();
        base.Dispose(disposing);
    }

    private static int Required(int read) =>
        read > 0 ? read : throw new ArchiveException(ArchiveFault.Truncated, "the archive ends before the content of this entry");
}
