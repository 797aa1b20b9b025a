namespace Coffer.Client;

/// <summary>
/// Files of the caller's, opened the way large transfers want them: in sequence, without a buffer of their own.
/// </summary>
internal static class LocalFile
{
    public static FileStream OpenRead(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete,
        Options = FileOptions.SequentialScan, BufferSize = 0,
    });

    /// <summary>
    /// The same, on a thread of its own where the caller does not block: a pipe opens when someone writes to it, perhaps never, and a
    /// folder of another machine when that answers.
    /// </summary>
    public static async ValueTask<Stream> OpenReadAsync(bool async, string path, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!async)
        {
            return OpenRead(path);
        }

        Task<FileStream> opening = Task.Run(() => OpenRead(path), CancellationToken.None);
        FileStream file;
        try
        {
            file = await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = CloseAsync(opening);
            throw;
        }

        return file.CanSeek ? file : new PatientStream(file);
    }

    private static async Task CloseAsync(Task<FileStream> opening)
    {
        using FileStream late = await opening.ConfigureAwait(false);
    }

    /// <summary>A pipe or a device: a read that waits there can be given up, and goes on waiting by itself.</summary>
    private sealed class PatientStream(FileStream source) : ReadOnlyStream
    {
        // A read that was given up still writes into this, and not into a buffer that someone else has by then.
        private readonly byte[] _buffer = new byte[64 * 1024];

        public override int Read(Span<byte> buffer) => source.Read(buffer);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int wanted = Math.Min(buffer.Length, _buffer.Length);
            int read = await Task.Run(() => source.Read(_buffer, 0, wanted), CancellationToken.None).WaitAsync(cancellationToken)
                .ConfigureAwait(false);
            _buffer.AsMemory(0, read).CopyTo(buffer);
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                source.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
