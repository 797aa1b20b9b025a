using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes, POST /v1/devboxes/create_and_await_running: makes a devbox with its mounts, and answers once it runs.</summary>
internal static class CreateDevbox
{
    public static async Task Handle(HttpContext http, DevboxCalls calls)
    {
        Caller caller = await calls.CallerAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        DevboxDraft draft = DraftJson.Read(body);
        string call = $"POST {((RouteEndpoint)http.GetEndpoint()!).RoutePattern.RawText}"; // either path is a call of its own

        Devbox made = await calls.Store.CreateAsync(caller, draft, RequestOnce.Of(http, call, body), http.RequestAborted);

        await DevboxJson.WriteViewAsync(http, made);
    }
}
