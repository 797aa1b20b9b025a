using Coffer.Devboxes.Execution;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes/{id}/execute_async: begins a command and answers at once.</summary>
internal static class ExecuteAsync
{
    public static async Task Handle(HttpContext http, ExecutionCalls calls)
    {
        RunningDevbox devbox = await calls.DevboxAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        CommandExecution begun = await calls.Executions.StartAsync(devbox, ExecutionCalls.CommandOf(http, body));
        await ExecutionJson.WriteViewAsync(http, devbox, begun, LastLines.Of(http, body));
    }
}
