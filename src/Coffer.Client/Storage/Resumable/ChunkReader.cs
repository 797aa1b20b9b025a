namespace Coffer.Client;

/// <summary>Gives a stream piece by piece, and the same bytes again after a break.</summary>
internal sealed class ChunkReader
{
    private readonly Stream _content;
    private readonly FileAsOpened? _opened;
    private readonly int _chunkSize;
    private readonly long _start;
    private readonly byte[] _buffer = [];
    private long _bufferStart;
    private int _buffered;
    private bool _hasEnded;

    /// <param name="content">What is given, from where it stands.</param>
    /// <param name="chunkSize">The bytes of a piece.</param>
    /// <param name="opened">What the content was at first, when it is a file; none of its pieces may be of another.</param>
    public ChunkReader(Stream content, int chunkSize, FileAsOpened? opened = null)
    {
        (_content, _chunkSize, _opened) = (content, chunkSize, opened);
        if (content.CanSeek)
        {
            _start = content.Position;
            Length = Math.Max(0, content.Length - _start);
        }
        else
        {
            _buffer = new byte[chunkSize];
        }
    }

    /// <summary>The size in bytes; null until the end of a stream that cannot seek.</summary>
    public long? Length { get; private set; }

    /// <summary>The piece that begins at an offset, not empty before the end.</summary>
    /// <exception cref="IOException">The stream cannot go back that far.</exception>
    public async ValueTask<UploadSource> ReadAsync(bool async, long offset, CancellationToken cancellationToken)
    {
        if (_content.CanSeek)
        {
            return new WindowSource(_content, _start + offset, Math.Min(_chunkSize, Length!.Value - offset), _opened);
        }

        if (offset == _bufferStart + _buffered && !_hasEnded)
        {
            await FillAsync(async, cancellationToken).ConfigureAwait(false);
        }

        long within = offset - _bufferStart;
        return within >= 0 && within <= _buffered
            ? new BytesSource(_buffer.AsMemory((int)within, _buffered - (int)within))
            : throw new IOException($"The upload is to go on at {offset}, and the stream, which cannot seek, is past that.");
    }

    private async ValueTask FillAsync(bool async, CancellationToken cancellationToken)
    {
        (_bufferStart, _buffered) = (_bufferStart + _buffered, 0);
        while (_buffered < _chunkSize)
        {
            int read = async
                ? await _content.ReadAsync(_buffer.AsMemory(_buffered), cancellationToken).ConfigureAwait(false)
                : _content.Read(_buffer, _buffered, _chunkSize - _buffered);
            if (read == 0)
            {
                _hasEnded = true;
                Length = _bufferStart + _buffered;
                return;
            }

            _buffered += read;
        }
    }
}

/// <summary>A part of a stream that can seek.</summary>
internal sealed class WindowSource(Stream content, long start, long length, FileAsOpened? opened) : UploadSource
{
    public override long? Length => length;

    public override bool CanReplay => true;

    public override async ValueTask WriteToAsync(bool async, Stream destination, CancellationToken cancellationToken)
    {
        content.Position = start;
        long copied = await StreamCopy.CopyAsync(
            async, content, destination, length, cancellationToken, beforeLast: opened is null ? null : opened.ThrowIfChanged)
            .ConfigureAwait(false);
        if (copied < length)
        {
            opened?.ThrowIfChanged();
            throw new EndOfStreamException($"The content ended {length - copied} bytes too soon.");
        }
    }
}
