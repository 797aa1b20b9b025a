using Coffer.Devboxes.Execution;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes/{id}/execute: begins a command, and answers when it has ended or the optimistic time is over.</summary>
internal static class Execute
{
    public static async Task Handle(HttpContext http, ExecutionCalls calls)
    {
        RunningDevbox devbox = await calls.DevboxAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        CommandRequest request = ExecutionCalls.CommandOf(http, body);
        TimeSpan patience = Seconds.Of(body, "optimistic_timeout", ExecutionCalls.LongestWait);
        int? lines = LastLines.Of(http, body);

        CommandExecution execution = await calls.Executions.StartAsync(devbox, request);
        await ExecutionCalls.WaitAsync(execution, patience, http.RequestAborted);
        await ExecutionJson.WriteViewAsync(http, devbox, execution, lines);
    }
}
