using Coffer.Devboxes.Execution;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>POST /v1/devboxes/{id}/executions/{execution}/kill: ends a command and everything that it started.</summary>
internal static class KillExecution
{
    public static async Task Handle(HttpContext http, ExecutionCalls calls)
    {
        (RunningDevbox devbox, CommandExecution execution) = await calls.ExecutionAsync(http);
        await Executions.KillAsync(execution, http.RequestAborted);
        await ExecutionJson.WriteViewAsync(http, devbox, execution, LastLines.Of(http, body: null));
    }
}
