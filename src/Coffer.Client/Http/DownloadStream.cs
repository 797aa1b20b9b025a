using System.Net;

namespace Coffer.Client;

/// <summary>An object's bytes as they arrive; a short body is an error, not an end.</summary>
internal sealed class DownloadStream : ReadOnlyStream
{
    private readonly HttpResponseMessage _answer;
    private readonly Stream _body;
    private readonly Deadline _deadline;
    private readonly string _what;
    private readonly IProgress<TransferProgress>? _progress;
    private readonly CancellationTokenRegistration _abort;
    private long _done;

    public DownloadStream(
        HttpResponseMessage answer, Stream body, Deadline deadline, string what, IProgress<TransferProgress>? progress)
    {
        (_answer, _body, _deadline, _what, _progress) = (answer, body, deadline, what, progress);
        TotalBytes = answer.Content.Headers.ContentLength;

        // A blocking read has no token: closing the answer under it is what ends it.
        _abort = deadline.Token.UnsafeRegister(static state => ((HttpResponseMessage)state!).Dispose(), answer);
        progress?.Report(new(0, TotalBytes));
    }

    /// <summary>What Content-Length promised; null when the server sent none.</summary>
    public long? TotalBytes { get; }

    /// <summary>200, or 206 for a part.</summary>
    public HttpStatusCode Status => _answer.StatusCode;

    /// <summary>Reads all bytes into memory.</summary>
    /// <exception cref="IOException">They are more than an array holds.</exception>
    public async ValueTask<byte[]> ReadAllAsync(bool async, string what, CancellationToken cancellationToken)
    {
        if (TotalBytes > Array.MaxLength)
        {
            throw new IOException($"{what} has {TotalBytes} bytes, more than an array holds; download it to a file.");
        }

        using var bytes = new MemoryStream((int)(TotalBytes ?? 0));
        await StreamCopy.CopyAsync(async, this, bytes, most: null, cancellationToken).ConfigureAwait(false);
        return bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray();
    }

    public override int Read(Span<byte> buffer)
    {
        _deadline.Token.ThrowIfCancellationRequested();
        _deadline.Start();
        try
        {
            return Count(_body.Read(buffer), buffer.Length);
        }
        catch (Exception error) when (Translated(error) is { } failure)
        {
            throw failure;
        }
        finally
        {
            _deadline.Stop();
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _deadline.Token.ThrowIfCancellationRequested();
        _deadline.Start();
        using CancellationTokenRegistration cancel =
            cancellationToken.UnsafeRegister(static state => ((Deadline)state!).Cancel(), _deadline);
        try
        {
            return Count(await _body.ReadAsync(buffer, _deadline.Token).ConfigureAwait(false), buffer.Length);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception error) when (Translated(error) is { } failure)
        {
            throw failure;
        }
        finally
        {
            _deadline.Stop();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _abort.Dispose();
            _body.Dispose();
            _answer.Dispose();
            _deadline.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int read, int asked)
    {
        if (read == 0 && asked > 0 && _done < TotalBytes)
        {
            throw new IOException($"The body ended after {_done} of {TotalBytes} bytes.");
        }

        _done += read;
        if (read > 0)
        {
            _progress?.Report(new(_done, TotalBytes));
        }

        return read;
    }

    // A body that was closed under the read, by the deadline, may complain in any way.
    private Exception? Translated(Exception error) =>
        Failures.OfNetwork(error, $"{_what} (after {_done} bytes)", _deadline);
}
