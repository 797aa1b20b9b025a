using System.Text;

namespace Coffer.Client;

/// <summary>A form (RFC 7578) with the path that a file gets, and the file behind it, streamed.</summary>
internal sealed class FileFormSource : UploadSource
{
    private readonly UploadSource _file;
    private readonly string _boundary = $"coffer-{Guid.NewGuid():N}";
    private readonly byte[] _head;
    private readonly byte[] _tail;

    /// <exception cref="ArgumentException">The path is empty.</exception>
    public FileFormSource(string path, UploadSource file)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _file = file;

        // The file's own name says nothing: the path field does, and holds any character.
        _head = Encoding.UTF8.GetBytes(
            $"--{_boundary}\r\nContent-Disposition: form-data; name=\"path\"\r\n\r\n{path}\r\n"
            + $"--{_boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n");
        _tail = Encoding.UTF8.GetBytes($"\r\n--{_boundary}--\r\n");
    }

    public string ContentType => $"multipart/form-data; boundary={_boundary}";

    public override long? Length => _file.Length + _head.Length + _tail.Length;

    public override bool CanReplay => _file.CanReplay;

    public override async ValueTask WriteToAsync(bool async, Stream destination, CancellationToken cancellationToken)
    {
        await new BytesSource(_head).WriteToAsync(async, destination, cancellationToken).ConfigureAwait(false);
        await _file.WriteToAsync(async, destination, cancellationToken).ConfigureAwait(false);
        await new BytesSource(_tail).WriteToAsync(async, destination, cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        _file.Dispose();
        base.Dispose();
    }
}
