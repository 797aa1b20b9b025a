using Coffer.Access;
using Coffer.Http;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>What every operation of the dialect works with, and the frame around each: refusals become answers.</summary>
public sealed class ObjectsDialect(ObjectStore store, Callers callers, SignedUrls urls)
{
    public ObjectStore Store => store;

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

    /// <summary>The id in the path. One that cannot be an id names no object.</summary>
    /// <exception cref="StoreException">ObjectNotFound.</exception>
    internal static ObjectId IdOf(HttpContext http) =>
        ObjectId.TryParse(http.Request.RouteValues["id"] as string, out ObjectId id) ? id : throw Visibility.NotFound();
}
