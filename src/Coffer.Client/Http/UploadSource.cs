namespace Coffer.Client;

/// <summary>Something that can be written to a connection, once or again and again.</summary>
internal abstract class UploadSource : IDisposable
{
    /// <summary>The size in bytes; null when it shows only while writing.</summary>
    public abstract long? Length { get; }

    /// <summary>Whether a second write sends the same bytes.</summary>
    public abstract bool CanReplay { get; }

    /// <summary>Writes all bytes, from the first one.</summary>
    public abstract ValueTask WriteToAsync(bool async, Stream destination, CancellationToken cancellationToken);

    public virtual void Dispose()
    {
    }
}

/// <summary>Bytes in memory.</summary>
internal sealed class BytesSource(ReadOnlyMemory<byte> bytes) : UploadSource
{
    private const int Portion = 128 * 1024; // so that progress shows

    public override long? Length => bytes.Length;

    public override bool CanReplay => true;

    public override async ValueTask WriteToAsync(bool async, Stream destination, CancellationToken cancellationToken)
    {
        for (int done = 0; done < bytes.Length; done += Portion)
        {
            ReadOnlyMemory<byte> portion = bytes.Slice(done, Math.Min(Portion, bytes.Length - done));
            if (async)
            {
                await destination.WriteAsync(portion, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                destination.Write(portion.Span);
            }
        }
    }
}

/// <summary>A stream, from where it stands to its end; the caller keeps it, unless it is a file that was opened here.</summary>
internal sealed class StreamSource : UploadSource
{
    private readonly Stream _stream;
    private readonly bool _ownsStream;
    private readonly long _start;
    private readonly FileAsOpened? _opened;

    public StreamSource(Stream stream, bool ownsStream = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead)
        {
            throw new ArgumentException("The stream cannot be read.", nameof(stream));
        }

        (_stream, _ownsStream) = (stream, ownsStream);
        if (stream.CanSeek)
        {
            _start = stream.Position;
            long length = Math.Max(0, stream.Length - _start);
            Length = length == 0 && stream is FileStream empty && HoldsMore(empty) ? null : length;
            _opened = ownsStream && stream is FileStream file ? new FileAsOpened(file, mayGrow: true) : null;
        }
    }

    public override long? Length { get; }

    public override bool CanReplay => _stream.CanSeek;

    /// <summary>Opens a file now, so that a missing one costs no call.</summary>
    public static StreamSource OfFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new StreamSource(LocalFile.OpenRead(path), ownsStream: true);
    }

    public override async ValueTask WriteToAsync(bool async, Stream destination, CancellationToken cancellationToken)
    {
        if (CanReplay)
        {
            _stream.Position = _start;
        }

        long copied = await StreamCopy.CopyAsync(async, _stream, destination, Length, cancellationToken, beforeLast: _opened is null ? null : _opened.ThrowIfChanged)
            .ConfigureAwait(false);
        if (copied < Length)
        {
            throw new EndOfStreamException($"The content ended after {copied} of {Length} bytes.");
        }
    }

    /// <summary>Devices and files of the system, as in /proc, say that they are empty and are not.</summary>
    private static bool HoldsMore(FileStream file)
    {
        long start = file.Position;
        bool isMore = file.ReadByte() >= 0;
        file.Position = start;
        return isMore;
    }

    public override void Dispose()
    {
        if (_ownsStream)
        {
            _stream.Dispose();
        }

        base.Dispose();
    }
}
