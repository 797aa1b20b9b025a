using Coffer.Devboxes.Execution;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>GET /v1/devboxes/{id}/executions/{execution}: where a command stands.</summary>
internal static class RetrieveExecution
{
    public static async Task Handle(HttpContext http, ExecutionCalls calls)
    {
        (RunningDevbox devbox, CommandExecution execution) = await calls.ExecutionAsync(http);
        await ExecutionJson.WriteViewAsync(http, devbox, execution, LastLines.Of(http, body: null));
    }
}
