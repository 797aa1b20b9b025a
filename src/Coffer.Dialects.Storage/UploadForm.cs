using System.IO.Pipelines;
using System.Text;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Coffer.Dialects.Storage;

/// <summary>
/// A form with one file (RFC 7578), read as it comes: fields are kept, the file streams through. Fields before the file and behind
/// it count alike.
/// </summary>
internal sealed class UploadForm
{
    private const int MaxFields = 10;
    private const int MaxFieldBytes = 1 << 20;

    /// <summary>For all fields together, which are read before it is known whether the caller may write: metadata, and some more.</summary>
    private const int MaxFormBytes = MaxFieldBytes + (64 * 1024);

    private const int BufferBytes = 64 * 1024;

    private readonly MultipartReader _reader;
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private int _count;
    private long _fieldBytes;
    private bool _isFieldBehind;
    private string? _fileType;

    private UploadForm(MultipartReader reader) => _reader = reader;

    /// <summary>What the form says so far; what it says behind the file comes with <see cref="PutRequest.AtEnd"/>.</summary>
    public PutRequest Request { get; private set; } = null!;

    /// <summary>The file.</summary>
    public PipeReader Content { get; private set; } = null!;

    /// <summary>Reads up to the first byte of the file.</summary>
    /// <exception cref="StorageRefusal">The form is broken, or has no file.</exception>
    public static async ValueTask<UploadForm> ReadAsync(
        HttpRequest request, MediaTypeHeaderValue type, PutRequest wanted, CancellationToken cancellationToken)
    {
        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length == 0)
        {
            throw Broken("Multipart: Boundary not found");
        }

        var form = new UploadForm(new MultipartReader(boundary, request.Body, BufferBytes));
        MultipartSection file = await form.NextFileAsync(cancellationToken)
            ?? throw new StorageRefusal(StorageErrors.InvalidRequest, "No content provided: the form has no file");
        form._fileType = file.ContentType;
        form.Request = form.Fill(wanted) with { AtEnd = asked => form._isFieldBehind ? form.Fill(asked) : asked };
        form.Content = PipeReader.Create(
            new FileContent(form, file.Body), new StreamPipeReaderOptions(bufferSize: BufferBytes, minimumReadSize: BufferBytes / 4));
        return form;
    }

    private PutRequest Fill(PutRequest wanted) => wanted with
    {
        MediaType = _fields.GetValueOrDefault("contentType") is { Length: > 0 } said ? said : _fileType ?? MediaTypes.Unknown,
        CacheControl = StorageHeaders.Sendable(
            _fields.GetValueOrDefault("cacheControl") is { Length: > 0 } seconds ? $"max-age={seconds}" : null, "cacheControl"),
        ContentEncoding = StorageHeaders.Sendable(
            _fields.GetValueOrDefault("contentEncoding") is { Length: > 0 } encoding ? encoding : null, "contentEncoding"),
        Metadata = (_fields.GetValueOrDefault("metadata") ?? _fields.GetValueOrDefault("userMetadata")) is { } json
            ? UserMetadata.Read(Encoding.UTF8.GetBytes(json))
            : null,
    };

    /// <summary>Reads fields up to the next file; null at the end of the form.</summary>
    private async ValueTask<MultipartSection?> NextFileAsync(CancellationToken cancellationToken)
    {
        while (await NextAsync(cancellationToken) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? disposition))
            {
                throw Broken("Multipart: a part has no Content-Disposition that can be read");
            }

            if (disposition.FileName.HasValue || disposition.FileNameStar.HasValue)
            {
                return section;
            }

            if (++_count > MaxFields)
            {
                throw Broken($"Multipart: a form has at most {MaxFields} fields");
            }

            await KeepAsync(HeaderUtilities.RemoveQuotes(disposition.Name).ToString(), section.Body, cancellationToken);
        }

        return null;
    }

    private async ValueTask KeepAsync(string name, Stream body, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        byte[] buffer = new byte[4096];
        for (int read; (read = await ReadAsync(body, buffer, cancellationToken)) > 0;)
        {
            if (kept.Length + read > MaxFieldBytes)
            {
                throw name is "metadata" or "userMetadata"
                    ? new StorageRefusal(StorageErrors.MetadataTooLarge, "")
                    : Broken($"Multipart: a field has at most {MaxFieldBytes} bytes");
            }

            _fieldBytes += read;
            if (_fieldBytes > MaxFormBytes)
            {
                throw Broken($"Multipart: all fields of a form together have at most {MaxFormBytes} bytes");
            }

            kept.Write(buffer, 0, read);
        }

        _fields[name] = Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }

    private async ValueTask ReadBehindFileAsync(CancellationToken cancellationToken)
    {
        int before = _count;
        if (await NextFileAsync(cancellationToken) is not null)
        {
            throw Broken("Multipart: a form has one file, not more");
        }

        _isFieldBehind = _count > before;
    }

    private async ValueTask<MultipartSection?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.ReadNextSectionAsync(cancellationToken);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            throw Broken("Multipart: Unexpected end of form, or parts that cannot be read");
        }
    }

    private static async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            throw Broken("Multipart: Unexpected end of form");
        }
    }

    /// <summary>What the reader of forms says; a connection that broke says it by types of its own.</summary>
    private static bool IsBroken(Exception exception) => exception is InvalidDataException || exception.GetType() == typeof(IOException);

    private static StorageRefusal Broken(string message) => new(StorageErrors.InvalidRequest, message);

    /// <summary>The file's bytes. They end for the reader only once the rest of the form has been read.</summary>
    private sealed class FileContent(UploadForm form, Stream file) : Stream
    {
        private bool _hasEnded;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_hasEnded)
            {
                return 0;
            }

            int read = await UploadForm.ReadAsync(file, buffer, cancellationToken);
            if (read == 0)
            {
                _hasEnded = true;
                await form.ReadBehindFileAsync(cancellationToken);
            }

            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
