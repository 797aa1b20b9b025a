using System.Text.Json;
using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes/{id}/wait_for_status: answers when a devbox stands as asked, or 408.</summary>
/// <remarks>Clients ask again after a 408. One that has ended otherwise is answered at once: waiting would not change it.</remarks>
internal static class WaitForStatus
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public static async Task Handle(HttpContext http, DevboxCalls calls)
    {
        (Caller caller, DevboxId id) = await calls.CallAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        DevboxStatus[] wanted = StatusesOf(body);
        TimeSpan patience = Seconds.Of(body, "timeout_seconds", LongestWait);

        Devbox found = await calls.Store.WaitAsync(caller, id, wanted, patience, http.RequestAborted);

        if (wanted.Contains(found.Status))
        {
            await DevboxJson.WriteViewAsync(http, found);
        }
        else
        {
            await JsonError.WriteAsync(
                http, StatusCodes.Status408RequestTimeout, "timeout",
                $"the devbox is {found.Status.Word()}{(found.HasEnded ? ", and stays so" : " still; ask again")}");
        }
    }

    private static DevboxStatus[] StatusesOf(JsonBody body)
    {
        string[] words = body.Json("statuses") is { ValueKind: JsonValueKind.Array } given
            ? [.. given.EnumerateArray().Select(static status => JsonBody.TextOf(status, "statuses"))]
            : [];
        return words.Length > 0
            ? [.. words.Select(static word => DevboxWords.ParseStatus(word, "each of statuses")).OfType<DevboxStatus>()]
            : throw new StoreException(StoreErrorCode.InvalidArgument, "statuses is an array of one or more statuses");
    }
}
