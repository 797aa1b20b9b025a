using System.IO.Pipelines;
using Coffer.Blobs;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Coffer.Dialects.Storage;

/// <summary>The content of an upload and what is said of it: a form with one file, or the whole body.</summary>
internal sealed class UploadBody : IAsyncDisposable
{
    private readonly bool _ownsContent;

    private UploadBody(PutRequest request, PipeReader content, long? length, bool ownsContent) =>
        (Request, Content, Length, _ownsContent) = (request, content, length, ownsContent);

    public PutRequest Request { get; }

    public PipeReader Content { get; }

    /// <summary>Size in bytes; null when it is known only at the end.</summary>
    public long? Length { get; }

    /// <param name="wanted">What is known without the body.</param>
    /// <exception cref="StorageRefusal">A form that is broken or has no file; a header that cannot be understood; no body at all.</exception>
    public static async ValueTask<UploadBody> ReadAsync(StorageCall call, PutRequest wanted)
    {
        HttpRequest request = call.Http.Request;
        wanted = wanted with { Digests = BlobDigests.Md5, RobotsTag = RobotsTag.Parse(request.Headers["x-robots-tag"]) };
        MediaTypeHeaderValue? type = null;
        if (request.ContentType is { } text && !MediaTypeHeaderValue.TryParse(text, out type))
        {
            throw new StorageRefusal(StorageErrors.InvalidContentType, "");
        }

        if (type is not null && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            UploadForm form = await UploadForm.ReadAsync(request, type, wanted, call.Aborted);
            return new UploadBody(form.Request, form.Content, length: null, ownsContent: true);
        }

        if (request.ContentLength is null && call.Http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            throw new StorageRefusal(StorageErrors.InvalidRequest, "No content provided");
        }

        wanted = wanted with
        {
            MediaType = request.ContentType ?? MediaTypes.Unknown,
            CacheControl = StorageHeaders.Sendable(request.Headers.CacheControl, "cache-control"),
            ContentEncoding = StorageHeaders.Sendable(request.Headers.ContentEncoding, "content-encoding"),
            Metadata = UserMetadata.Of(request),
        };
        return new UploadBody(wanted, request.BodyReader, request.ContentLength, ownsContent: false);
    }

    public ValueTask DisposeAsync() => _ownsContent ? Content.CompleteAsync() : ValueTask.CompletedTask;
}
