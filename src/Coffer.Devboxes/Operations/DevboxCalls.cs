using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>What every operation on devboxes works with, and the frame around each: refusals become answers.</summary>
public sealed class DevboxCalls(DevboxStore store, Callers callers)
{
    internal DevboxStore Store => store;

    /// <summary>The running devbox that a path names, for who holds the key of the request.</summary>
    /// <exception cref="StoreException">NotAuthenticated, TokenInvalid, AccessDenied, DevboxNotFound, DevboxNotRunning.</exception>
    public async ValueTask<RunningDevbox> RunningAsync(HttpContext http)
    {
        (Caller caller, DevboxId id) = await CallAsync(http);
        return await store.RequireRunningAsync(caller, id, http.RequestAborted);
    }

    internal async Task AnswerAsync(HttpContext http, Func<HttpContext, DevboxCalls, Task> handle)
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

    /// <summary>Who asks, and the devbox in the path. An id that cannot be one names no devbox.</summary>
    /// <exception cref="StoreException">NotAuthenticated, TokenInvalid, AccessDenied, DevboxNotFound.</exception>
    internal async ValueTask<(Caller Caller, DevboxId Id)> CallAsync(HttpContext http)
    {
        Caller caller = await CallerAsync(http);
        DevboxId id = DevboxId.TryParse(http.Request.RouteValues["id"] as string, out DevboxId named) ? named : default;
        await store.GetAsync(caller, id, http.RequestAborted); // before the body is judged: a stranger learns nothing of it
        return (caller, id);
    }
}
