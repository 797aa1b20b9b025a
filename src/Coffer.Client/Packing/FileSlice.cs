namespace Coffer.Client;

/// <summary>
/// Exactly as many bytes of a file as its archive's head announced, though the file may grow meanwhile; a file that shrinks is
/// an error, since an archive with a hole would look whole.
/// </summary>
internal sealed class FileSlice(FileStream file, long length) : ReadOnlyStream
{
    private readonly FileAsOpened _opened = new(file, mayGrow: true);
    private long _done;

    public override bool CanSeek => true; // the archive asks for the length, and then only reads on

    public override long Length => length;

    public override long Position { get => _done; set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer) => Count(file.Read(buffer[..Slice(buffer.Length)]), buffer.Length);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await file.ReadAsync(buffer[..Slice(buffer.Length)], cancellationToken).ConfigureAwait(false), buffer.Length);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Slice(int asked) => (int)Math.Min(asked, length - _done);

    private int Count(int read, int asked)
    {
        if (read == 0 && asked > 0 && _done < length)
        {
            throw new EndOfStreamException($"'{file.Name}' shrank while it was packed: {_done} of {length} bytes.");
        }

        _done += read;
        if (_done == length && read > 0)
        {
            _opened.ThrowIfChanged();
        }

        return read;
    }
}
