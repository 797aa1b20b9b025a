using Coffer.Access;
using Coffer.Archives;
using Coffer.Http;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>What every operation of the dialect works with, and the frame around each: refusals become answers.</summary>
public sealed class ObjectsDialect(ObjectStore store, ObjectArchives archives, Callers callers, SignedUrls urls)
{
    public ObjectStore Store => store;

    /// <summary>The routes that the raw target decides on.</summary>
    public ITargetRoutes TargetRoutes => new EntryRoutes(this);

    internal ObjectArchives Archives => archives;

    internal ObjectLinks Links { get; } = new(store, urls);

    internal async Task AnswerAsync(HttpContext http, Func<HttpContext, ObjectsDialect, Task> handle)
    {
        try
        {
            await handle(http, this);
        }
        catch (StoreException refusal) when (!http.Response.HasStarted)
        {
            await Refusals.WriteAsync(http, refusal);
        }
    }

    /// <summary>Who holds the key of this request.</summary>
    /// <exception cref="StoreException">NotAuthenticated, TokenInvalid.</exception>
    internal ValueTask<Caller> CallerAsync(HttpContext http) => BearerToken.CallerAsync(http, callers);

    /// <summary>Reads for whoever holds the key of this request, or without one as anybody reads what is public.</summary>
    /// <exception cref="StoreException">NotAuthenticated also for what is hidden from those without a key, or missing; and what the reading throws.</exception>
    internal async Task<T> AsReaderAsync<T>(HttpContext http, Func<Caller, Task<T>> read)
    {
        if (BearerToken.Of(http.Request) is not null)
        {
            return await read(await CallerAsync(http));
        }

        try
        {
            return await read(Caller.Nobody);
        }
        catch (StoreException hidden) when (hidden.Code is StoreErrorCode.ObjectNotFound)
        {
            throw new StoreException(
                StoreErrorCode.NotAuthenticated, "without a key only public objects can be read: send the header 'Authorization: Bearer <key>'", hidden);
        }
    }

    /// <summary>The id in the path. One that cannot be an id names no object.</summary>
    /// <exception cref="StoreException">ObjectNotFound.</exception>
    internal static ObjectId IdOf(HttpContext http) =>
        ObjectId.TryParse(http.Request.RouteValues["id"] as string, out ObjectId id) ? id : throw Visibility.NotFound();
}
