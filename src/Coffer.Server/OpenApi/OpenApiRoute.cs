using Coffer.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coffer.Server.OpenApi;

/// <summary>GET /openapi/v1.json: the description of every JSON route, written by hand and checked against every tested answer.</summary>
internal static class OpenApiRoute
{
    private const string Resource = "Coffer.Server.OpenApi.openapi.v1.json";

    public static void MapOpenApi(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/openapi/v1.json", [HttpMethods.Get], WriteAsync).WithMetadata(new Operation("openapi.read"));

    private static async Task WriteAsync(HttpContext http)
    {
        await using Stream document = typeof(OpenApiRoute).Assembly.GetManifestResourceStream(Resource)!;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = document.Length;
        await document.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
