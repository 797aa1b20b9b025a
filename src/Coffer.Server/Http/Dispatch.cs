using Coffer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Primitives;

namespace Coffer.Server.Http;

/// <summary>The last steps of the pipeline: limits by route, then the endpoint, or an error where there is none.</summary>
internal static class Dispatch
{
    /// <summary>Refuses bodies in codings that nobody here takes off, and large ones on JSON routes; lifts the minimum data rate where object bytes flow.</summary>
    public static Task ApplyLimits(HttpContext http, RequestDelegate next)
    {
        // RFC 9112 §6.1. The server takes off the last coding, chunked, and would hand on what the others left as the content.
        if (http.Request.Headers.TransferEncoding is { Count: > 0 } coding && !IsChunkedAlone(coding))
        {
            return ErrorShape.AnswerAsync(
                http, StatusCodes.Status501NotImplemented, "not_implemented", "Transfer-Encoding may be chunked, and nothing else.");
        }

        if (!CarriesData(http))
        {
            return http.GetEndpoint() is RouteEndpoint && http.Request.ContentLength > JsonBody.MaxBytes
                ? ErrorShape.AnswerAsync(http, StatusCodes.Status413PayloadTooLarge, "too_large", JsonBody.TooLarge().Message)
                : next(http);
        }

        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        return next(http);
    }

    public static bool CarriesData(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<DataRoute>() is not null;

    public static Task RunEndpoint(HttpContext http) => http.GetEndpoint() switch
    {
        null => JsonError.WriteAsync(
            http, StatusCodes.Status404NotFound, "not_found", "There is nothing at this path: /openapi/v1.json describes what there is."),
        RouteEndpoint { RequestDelegate: { } handle } => handle(http),
        { RequestDelegate: { } refuse } => RefuseAsync(http, refuse),
        _ => throw new InvalidOperationException("The endpoint has no handler."),
    };

    private static bool IsChunkedAlone(StringValues coding) =>
        coding is [{ } only] && only.AsSpan().Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase);

    /// <summary>Routing found the path under other methods; its own endpoint sets the status and the Allow header.</summary>
    private static async Task RefuseAsync(HttpContext http, RequestDelegate refuse)
    {
        await refuse(http);
        await JsonError.WriteAsync(
            http, http.Response.StatusCode, "method_not_allowed", $"{http.Request.Method} is not possible at this path.");
    }
}
