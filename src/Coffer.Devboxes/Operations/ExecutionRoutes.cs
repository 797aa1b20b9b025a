using Coffer.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coffer.Devboxes.Operations;

/// <summary>Commands in devboxes, route by route. Each operation is the file of its name.</summary>
public static class ExecutionRoutes
{
    private const string Devbox = "/v1/devboxes/{id}";
    private const string Execution = "/v1/devboxes/{id}/executions/{execution}";

    public static void MapExecutions(this IEndpointRouteBuilder routes, ExecutionCalls calls)
    {
        Call("POST", $"{Devbox}/execute", "devboxes.execute", Execute.Handle);
        Call("POST", $"{Devbox}/execute_async", "devboxes.execute_async", ExecuteAsync.Handle);
        Call("POST", $"{Devbox}/execute_sync", "devboxes.execute_sync", ExecuteSync.Handle);
        Call("GET", Execution, "devboxes.execution", RetrieveExecution.Handle);
        Call("POST", $"{Execution}/wait_for_status", "devboxes.wait_for_execution", WaitForExecution.Handle);
        Call("POST", $"{Execution}/kill", "devboxes.kill_execution", KillExecution.Handle);
        Call("GET", $"{Execution}/stream_stdout_updates", "devboxes.stream_stdout", StreamOutput.HandleOutput);
        Call("GET", $"{Execution}/stream_stderr_updates", "devboxes.stream_stderr", StreamOutput.HandleErrors);

        void Call(string method, string path, string operation, Func<HttpContext, ExecutionCalls, Task> handle) =>
            routes.MapMethods(path, [method], http => calls.AnswerAsync(http, handle)).WithMetadata(new Operation(operation));
    }
}
