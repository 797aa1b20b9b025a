using System.IO.Pipelines;
using Coffer.Http;
using Coffer.Objects;
using Coffer.Uploads;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage.Tus;

/// <summary>POST /upload/resumable: begins an upload, and takes its first piece when one comes along.</summary>
/// <remarks>Source: tus 1.0.0, extensions Creation, Creation With Upload and Expiration.</remarks>
internal static class CreateUpload
{
    public static async Task Handle(StorageCall call, Uploader uploader)
    {
        HttpRequest request = call.Http.Request;
        if (request.Headers.ContainsKey("Upload-Concat"))
        {
            throw TusErrors.Concatenation;
        }

        long? length = TusHeaders.LengthToBegin(request);
        PutRequest wanted = TusMetadata.Read(request);
        bool carriesPiece = TusHeaders.CarriesPiece(request);
        if (carriesPiece && length is 0 && await HasBytesAsync(call))
        {
            throw new StoreException(StoreErrorCode.TooLarge, "the upload has no bytes, but its first piece has some"); // before it is finished
        }

        ResumableUpload upload = await call.Dialect.Uploads.CreateAsync(uploader, wanted, length, call.Aborted);
        if (carriesPiece && upload.FinishedAs is null)
        {
            upload = await AppendAsync(call, uploader, upload, wanted.Upsert);
        }

        HttpResponse response = call.Http.Response;
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location =
            $"{PublicBase.Of(call.Http)}{StorageDialect.PrefixOf(call.Http)}{call.Route.Words}/{TusId.Write(upload)}";
        TusHeaders.WriteExpiry(response, upload);
        if (carriesPiece)
        {
            TusHeaders.WriteProgress(response, upload);
        }
    }

    private static async ValueTask<bool> HasBytesAsync(StorageCall call)
    {
        PipeReader body = call.Http.Request.BodyReader;
        ReadResult start = await body.ReadAtLeastAsync(1, call.Aborted);
        bool hasBytes = !start.Buffer.IsEmpty;
        body.AdvanceTo(start.Buffer.End); // nobody wants them, and what is not given back keeps the connection from serving on
        return hasBytes;
    }

    private static async Task<ResumableUpload> AppendAsync(StorageCall call, Uploader uploader, ResumableUpload upload, bool upsert)
    {
        HttpRequest request = call.Http.Request;
        try
        {
            return await call.Dialect.Uploads.AppendAsync(
                uploader, upload.Id, 0, lengthBytes: null, upsert, request.BodyReader, request.ContentLength, call.Aborted);
        }
        catch
        {
            await EndAsync(call, uploader, upload); // nobody was told where it is
            throw;
        }
    }

    private static async Task EndAsync(StorageCall call, Uploader uploader, ResumableUpload upload)
    {
        try
        {
            await call.Dialect.Uploads.AbortAsync(uploader, upload.Id, CancellationToken.None);
        }
        catch (StoreException)
        {
            // it expires by itself; what went wrong before is the answer
        }
    }
}
