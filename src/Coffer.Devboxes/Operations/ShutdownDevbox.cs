using Coffer.Access;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes/{id}/shutdown: ends a devbox, what runs in it and its files; again is no error.</summary>
/// <remarks>The body, and <c>force</c> in the query, are ignored: nothing holds a shutdown up.</remarks>
internal static class ShutdownDevbox
{
    public static async Task Handle(HttpContext http, DevboxCalls calls)
    {
        (Caller caller, DevboxId id) = await calls.CallAsync(http);
        await DevboxJson.WriteViewAsync(http, await calls.Store.ShutdownAsync(caller, id, http.RequestAborted));
    }
}
