using Coffer.LocalFiles;

namespace Coffer.Devboxes.Mounts;

/// <summary>Reads on only while the volume has room beyond its reserve: nobody knows beforehand what an archive unpacks to.</summary>
internal sealed class GuardedStream(Stream content, VolumeSpace space, CancellationToken cancellationToken) : Stream
{
    private const long Ahead = 1 << 20;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => content.Length;

    public override long Position { get => content.Position; set => throw new NotSupportedException(); }

    /// <exception cref="StoreException">OutOfSpace, and what the content says.</exception>
    public override int Read(Span<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested(); // some archives give nothing for long, and who reads them does not look
        space.Check(Ahead);
        return content.Read(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
