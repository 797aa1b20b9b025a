using Coffer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Coffer.Dialects.Objects;

/// <summary>Where the files of archives are. Their names hold anything, so they are taken from the raw target.</summary>
internal sealed class EntryRoutes : ITargetRoutes
{
    private const string Objects = "/v1/objects/";
    private const string Entries = "/entries/";
    private readonly RouteEndpoint _download;

    public EntryRoutes(ObjectsDialect dialect)
    {
        object[] metadata = [new Operation("objects.download_entry"), new HttpMethodMetadata(["GET", "HEAD"]), DataRoute.Marker];
        _download = new RouteEndpoint(
            http => dialect.AnswerAsync(http, DownloadEntry.Handle), RoutePatternFactory.Parse("/v1/objects/{id}/entries/{path}"), order: 0,
            new EndpointMetadataCollection(metadata), "objects.download_entry");
        Endpoints = [_download];
    }

    public IReadOnlyList<Endpoint> Endpoints { get; }

    public Endpoint? Match(HttpContext http)
    {
        if (!(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method))
            || !TrySplit(RawTarget.PathOf(http), out ReadOnlySpan<char> id, out _))
        {
            return null;
        }

        http.Request.RouteValues["id"] = id.ToString();
        return _download;
    }

    /// <summary>The entry's path, decoded once; null for what is not percent-encoded UTF-8.</summary>
    public static string? PathOf(HttpContext http)
    {
        TrySplit(RawTarget.PathOf(http), out _, out ReadOnlySpan<char> path);
        return PercentEncoding.Decode(path);
    }

    private static bool TrySplit(ReadOnlySpan<char> target, out ReadOnlySpan<char> id, out ReadOnlySpan<char> path)
    {
        id = path = default;
        if (!target.StartsWith(Objects, StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> rest = target[Objects.Length..];
        int slash = rest.IndexOf('/');
        if (slash < 1 || !rest[slash..].StartsWith(Entries, StringComparison.Ordinal) || rest.Length == slash + Entries.Length)
        {
            return false;
        }

        id = rest[..slash];
        path = rest[(slash + Entries.Length)..];
        return true;
    }
}
