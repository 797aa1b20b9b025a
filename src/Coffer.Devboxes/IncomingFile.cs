using Coffer.LocalFiles;

namespace Coffer.Devboxes;

/// <summary>Bytes on their way into a devbox. Only when all of them came are they written to where they belong.</summary>
public sealed class IncomingFile : IAsyncDisposable
{
    private const int BufferBytes = 256 << 10;
    private readonly FileStream _file;
    private readonly long _maxBytes;
    private readonly VolumeSpace _space;

    internal IncomingFile(string folder, long maxBytes, VolumeSpace space)
    {
        _file = new FileStream(Path.Combine(folder, Guid.NewGuid().ToString("N")), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
            BufferSize = 0,
        });
        (_maxBytes, _space) = (maxBytes, space);
    }

    /// <summary>Takes all that comes.</summary>
    /// <exception cref="StoreException">TooLarge, OutOfSpace.</exception>
    public async Task TakeAsync(Stream content, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[BufferBytes];
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (_file.Length + read > _maxBytes)
            {
                throw new StoreException(StoreErrorCode.TooLarge, $"the file is larger than the {_maxBytes} bytes that a devbox may hold");
            }

            _space.Check(read);
            try
            {
                await _file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            catch (IOException full) when (DevboxFileErrors.IsFull(full))
            {
                throw _space.Refusal();
            }
        }
    }

    /// <summary>What was taken, from its beginning.</summary>
    public Stream Content()
    {
        _file.Position = 0;
        return _file;
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
