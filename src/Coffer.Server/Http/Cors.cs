using Coffer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Coffer.Server.Http;

/// <summary>Lets pages of other origins in: any on signed URLs and in the Storage API, the configured ones on the other routes.</summary>
/// <remarks>
/// WHATWG Fetch §3.2. Credentials (cookies) are never allowed: callers authenticate by header or by the URL.
/// </remarks>
internal sealed class Cors(IReadOnlyList<string> origins)
{
    private const string ExposedHeaders =
        "ETag, Content-Range, Content-Disposition, Content-Length, Accept-Ranges, Last-Modified, Location, Retry-After, "
        + "x-request-id, x-should-retry, x-coffer-decision";

    private readonly bool _anyOrigin = origins.Contains("*");

    /// <summary>Before routing: a preflight is matched as the request that it asks for, so that its route's rule is found.</summary>
    public static Task BeforeRouting(HttpContext http, RequestDelegate next)
    {
        if (HttpMethods.IsOptions(http.Request.Method)
            && http.Request.Headers.ContainsKey("Origin")
            && http.Request.Headers.AccessControlRequestMethod is { Count: 1 } asked)
        {
            http.Request.Method = asked.ToString();
            http.Features.Set(Preflight.Marker);
        }

        return next(http);
    }

    /// <summary>After routing: adds the headers, and answers preflights.</summary>
    public Task AfterRouting(HttpContext http, RequestDelegate next)
    {
        Apply(http);
        if (http.Features.Get<Preflight>() is null)
        {
            return next(http);
        }

        string asked = http.Request.Method;
        http.Request.Method = HttpMethods.Options;
        http.Facts().Operation = "cors.preflight";
        if (http.GetEndpoint() is not RouteEndpoint)
        {
            return next(http);
        }

        IHeaderDictionary headers = http.Response.Headers;
        if (headers.AccessControlAllowOrigin.Count > 0)
        {
            headers.AccessControlAllowMethods = asked;
            StringValues askedHeaders = http.Request.Headers.AccessControlRequestHeaders;
            headers.AccessControlAllowHeaders = IsPlain(askedHeaders) ? askedHeaders : StringValues.Empty;
            headers.AccessControlMaxAge = "7200";
            headers.Append("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers");
        }

        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Adds what a page of the request's origin may see; also to errors, so that pages can read them.</summary>
    public void Apply(HttpContext http)
    {
        IHeaderDictionary headers = http.Response.Headers;
        if (http.GetEndpoint()?.Metadata.GetMetadata<AnyOrigin>() is not null)
        {
            // Said to everyone: a shared cache may hand this answer to a page later.
            headers.AccessControlAllowOrigin = "*";
            headers.AccessControlExposeHeaders = ExposedHeaders;
            return;
        }

        if (origins.Count == 0 || !IsConfigurable(http.Request.Path))
        {
            return;
        }

        headers.Vary = "Origin";
        StringValues origin = http.Request.Headers.Origin;
        if (origin.Count == 1 && (_anyOrigin || origins.Contains(origin.ToString(), StringComparer.OrdinalIgnoreCase)))
        {
            headers.AccessControlAllowOrigin = _anyOrigin ? "*" : origin;
            headers.AccessControlExposeHeaders = ExposedHeaders;
        }
    }

    /// <summary>Whether a header can say it too; the names of headers have no other characters.</summary>
    private static bool IsPlain(StringValues values)
    {
        foreach (string? value in values)
        {
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsConfigurable(PathString path) => 
        path.StartsWithSegments("/v1", StringComparison.Ordinal) || path.StartsWithSegments("/admin", StringComparison.Ordinal);

    /// <summary>Request feature: this OPTIONS is a CORS preflight.</summary>
    private sealed class Preflight
    {
        public static Preflight Marker { get; } = new();
    }
}
