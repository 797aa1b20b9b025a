using Coffer.Devboxes.Execution;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes/{id}/execute_sync: runs a command to its end, however long that takes.</summary>
internal static class ExecuteSync
{
    public static async Task Handle(HttpContext http, ExecutionCalls calls)
    {
        RunningDevbox devbox = await calls.DevboxAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        CommandRequest request = ExecutionCalls.CommandOf(http, body);
        int? lines = LastLines.Of(http, body);

        CommandExecution execution = await calls.Executions.StartAsync(devbox, request);
        await execution.Completed.WaitAsync(http.RequestAborted);
        await ExecutionJson.WriteDetailAsync(http, devbox, execution, lines);
    }
}
