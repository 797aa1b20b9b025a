using Coffer.Access;
using Coffer.Buckets;
using Coffer.Http;
using Coffer.Objects;
using Coffer.Uploads;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Coffer.Dialects.Storage;

/// <summary>What every operation of the dialect works with, its routes, and the frame around each: refusals become answers.</summary>
public sealed class StorageDialect : ITargetRoutes
{
    private const string Prefix = "/storage/v1";
    private readonly Dictionary<string, (StorageRoute Route, RouteEndpoint Endpoint)[]> _byMethod;
    private readonly RouteEndpoint _unknown;

    /// <param name="isHealthy">Whether the engines work.</param>
    public StorageDialect(
        BucketStore buckets, BucketObjects objects, ResumableUploads uploads, Callers callers, LinkTokens links,
        Func<CancellationToken, ValueTask<bool>> isHealthy, ILogger<StorageDialect> logger)
    {
        (Buckets, Objects, Uploads, Callers, Links, IsHealthy, Logger) = (buckets, objects, uploads, callers, links, isHealthy, logger);
        IReadOnlyList<RouteEndpoint> routes = StorageRoutes.Of(this);
        Endpoints = routes;
        _byMethod = routes
            .SelectMany(route => route.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods, (route, method) => (route, method))
            .GroupBy(pair => pair.method, pair => (pair.route.Metadata.GetRequiredMetadata<StorageRoute>(), pair.route), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        _unknown = UnknownRoute.Endpoint();
    }

    public IReadOnlyList<Endpoint> Endpoints { get; }

    /// <summary>Whether others than service keys empty buckets, of what policies let them delete.</summary>
    public bool EmptiesByPolicy { get; init; }

    /// <summary>Whether HTTP says the status that is meant, instead of 400 for most refusals.</summary>
    public bool SaysRealStatus { get; init; }

    internal BucketStore Buckets { get; }

    internal BucketObjects Objects { get; }

    internal ResumableUploads Uploads { get; }

    internal Callers Callers { get; }

    internal LinkTokens Links { get; }

    internal Func<CancellationToken, ValueTask<bool>> IsHealthy { get; }

    internal ILogger Logger { get; }

    public Endpoint? Match(HttpContext http)
    {
        ReadOnlySpan<char> path = PathOf(http, out bool isBelowPrefix);
        if (_byMethod.TryGetValue(http.Request.Method, out (StorageRoute Route, RouteEndpoint Endpoint)[]? routes))
        {
            foreach ((StorageRoute route, RouteEndpoint endpoint) in routes)
            {
                if (route.Matches(path, out _, out _))
                {
                    return endpoint;
                }
            }
        }

        return isBelowPrefix || IsOwn(path) ? _unknown : null;
    }

    /// <summary>What the path was sent with before the dialect's own; empty at the root.</summary>
    internal static string PrefixOf(HttpContext http)
    {
        PathOf(http, out bool isBelowPrefix);
        return isBelowPrefix ? Prefix : "";
    }

    /// <summary>The path as it was sent, without the prefix.</summary>
    internal static ReadOnlySpan<char> PathOf(HttpContext http) => PathOf(http, out _);

    internal static async Task AnswerAsync(StorageCall call, Func<StorageCall, Task> handle)
    {
        try
        {
            await handle(call);
        }
        catch (StorageRefusal refusal) when (!call.Http.Response.HasStarted)
        {
            await StorageErrors.WriteAsync(call, refusal.Error, refusal.Message, decision: null);
        }
        catch (StoreException refusal) when (!call.Http.Response.HasStarted)
        {
            await StorageErrors.WriteAsync(call, StorageErrors.For(refusal.Code), refusal.Message, refusal.DecisionId);
        }
    }

    private static ReadOnlySpan<char> PathOf(HttpContext http, out bool isBelowPrefix)
    {
        ReadOnlySpan<char> path = RawTarget.PathOf(http);
        isBelowPrefix = path.StartsWith(Prefix, StringComparison.Ordinal) && path[Prefix.Length..] is "" or ['/', ..];
        if (!isBelowPrefix)
        {
            return path;
        }

        path = path[Prefix.Length..];
        while (path is ['/', '/', ..])
        {
            path = path[1..]; // of a base address that ends with a slash
        }

        return path;
    }

    /// <summary>Whether no one else has routes there.</summary>
    private static bool IsOwn(ReadOnlySpan<char> path) =>
        IsBelow(path, "/object") || IsBelow(path, "/bucket") || IsBelow(path, "/render") || IsBelow(path, "/cdn") || IsBelow(path, "/upload");

    private static bool IsBelow(ReadOnlySpan<char> path, ReadOnlySpan<char> word) =>
        path.StartsWith(word, StringComparison.Ordinal) && (path.Length == word.Length || path[word.Length] == '/');
}
