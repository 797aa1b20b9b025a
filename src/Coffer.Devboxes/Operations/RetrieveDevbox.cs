using Coffer.Access;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>GET /v1/devboxes/{id}: a devbox's view; of one that has ended too, for 30 days.</summary>
internal static class RetrieveDevbox
{
    public static async Task Handle(HttpContext http, DevboxCalls calls)
    {
        (Caller caller, DevboxId id) = await calls.CallAsync(http);
        await DevboxJson.WriteViewAsync(http, await calls.Store.GetAsync(caller, id, http.RequestAborted));
    }
}
