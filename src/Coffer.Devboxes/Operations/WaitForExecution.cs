using System.Text.Json;
using Coffer.Devboxes.Execution;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes/{id}/executions/{execution}/wait_for_status: answers when a command stands as asked, or 408.</summary>
/// <remarks>Clients ask again after a 408, for as long as they like.</remarks>
internal static class WaitForExecution
{
    private static readonly string[] Statuses = ["queued", "running", "completed"];

    public static async Task Handle(HttpContext http, ExecutionCalls calls)
    {
        (RunningDevbox devbox, CommandExecution execution) = await calls.ExecutionAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        string[] wanted = StatusesOf(body);
        TimeSpan patience = Seconds.Of(body, "timeout_seconds", ExecutionCalls.LongestWait);
        int? lines = LastLines.Of(http, body);

        if (!wanted.Contains(execution.Status))
        {
            await ExecutionCalls.WaitAsync(execution, patience, http.RequestAborted);
        }

        if (wanted.Contains(execution.Status))
        {
            await ExecutionJson.WriteViewAsync(http, devbox, execution, lines);
        }
        else
        {
            await JsonError.WriteAsync(http, StatusCodes.Status408RequestTimeout, "timeout", $"the execution is {execution.Status} still; ask again");
        }
    }

    private static string[] StatusesOf(JsonBody body)
    {
        if (body.Json("statuses") is not { } given)
        {
            return ["completed"];
        }

        string[] statuses = given.ValueKind is JsonValueKind.Array
            ? [.. given.EnumerateArray().Select(static status => JsonBody.TextOf(status, "statuses"))]
            : throw new StoreException(StoreErrorCode.InvalidArgument, "statuses is not an array");
        return statuses.Length > 0 && statuses.All(Statuses.Contains)
            ? statuses
            : throw new StoreException(StoreErrorCode.InvalidArgument, $"statuses holds one or more of {string.Join(", ", Statuses)}");
    }
}
