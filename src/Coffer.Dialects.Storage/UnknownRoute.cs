using Coffer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Coffer.Dialects.Storage;

/// <summary>Any other method or path below those of the dialect.</summary>
internal static class UnknownRoute
{
    public static RouteEndpoint Endpoint() => new(
        WriteAsync, RoutePatternFactory.Parse("/"), order: 0,
        new EndpointMetadataCollection(new Operation("storage.unknown"), AnyOrigin.Marker, StorageErrors.Shape, DataRoute.Marker), "unknown");

    private static Task WriteAsync(HttpContext http) => StorageErrors.WriteAsync(
        http, StorageErrors.UnknownRoute, $"Route {http.Request.Method}:{RawTarget.PathOf(http)} not found", decision: null);
}
