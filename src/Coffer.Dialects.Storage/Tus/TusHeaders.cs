using System.Globalization;
using Coffer.Uploads;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage.Tus;

/// <summary>The headers of the protocol.</summary>
internal static class TusHeaders
{
    public const string Version = "1.0.0";
    public const string Resumable = "Tus-Resumable";
    public const string Offset = "Upload-Offset";
    public const string Length = "Upload-Length";
    public const string DeferLength = "Upload-Defer-Length";
    public const string Metadata = "Upload-Metadata";
    public const string Expires = "Upload-Expires";

    /// <summary>Media type of a piece.</summary>
    public const string Piece = "application/offset+octet-stream";

    /// <summary>What pages of other origins may read.</summary>
    public const string Exposed =
        "Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Complete, Upload-Offset, Upload-Length, "
        + "Upload-Defer-Length, Upload-Metadata, Upload-Expires, Retry-After, x-request-id, x-coffer-decision";

    /// <exception cref="TusRefusal">It is missing, or no number.</exception>
    public static long OffsetOf(HttpRequest request) => Number(request, Offset) ?? throw TusErrors.NoOffset;

    /// <summary>The size of the whole; null when it is not said.</summary>
    /// <exception cref="TusRefusal">It is no number.</exception>
    public static long? LengthOf(HttpRequest request) => Number(request, Length);

    /// <summary>The size of the whole as a beginning says it; null when it is to be said later.</summary>
    /// <exception cref="TusRefusal">It says neither, or both.</exception>
    public static long? LengthToBegin(HttpRequest request)
    {
        long? length = LengthOf(request);
        bool isDeferred = request.Headers.ContainsKey(DeferLength);
        return (length, isDeferred) switch
        {
            (null, false) => throw TusErrors.NoLength,
            (not null, true) => throw TusErrors.Invalid(DeferLength),
            (null, true) when request.Headers[DeferLength] != "1" => throw TusErrors.Invalid(DeferLength),
            _ => length,
        };
    }

    public static bool CarriesPiece(HttpRequest request) =>
        request.ContentType is { } type && type.AsSpan().Trim().Equals(Piece, StringComparison.OrdinalIgnoreCase);

    /// <summary>Says how far an upload is, and until when it goes on.</summary>
    public static void WriteProgress(HttpResponse response, ResumableUpload upload)
    {
        IHeaderDictionary headers = response.Headers;
        headers[Offset] = upload.OffsetBytes.ToString(CultureInfo.InvariantCulture);
        WriteExpiry(response, upload);
        if (upload.FinishedAs is not null)
        {
            headers["Tus-Complete"] = "1";
        }
    }

    public static void WriteExpiry(HttpResponse response, ResumableUpload upload) => response.Headers[Expires] =
        UnixTime.MomentOf(upload.ExpiresAtMs).ToString("R", CultureInfo.InvariantCulture);

    private static long? Number(HttpRequest request, string header)
    {
        if (!request.Headers.TryGetValue(header, out var text))
        {
            return null;
        }

        return long.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw TusErrors.Invalid(header);
    }
}
