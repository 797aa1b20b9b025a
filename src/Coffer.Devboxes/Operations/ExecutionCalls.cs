using Coffer.Devboxes.Execution;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Devboxes.Operations;

/// <summary>What every operation on executions works with, and the frame around each: refusals become answers.</summary>
/// <param name="devboxOf">The running devbox that the request names, for who holds its key; refuses all others.</param>
public sealed class ExecutionCalls(Executions executions, Func<HttpContext, ValueTask<RunningDevbox>> devboxOf)
{
    /// <summary>A request waits at most so long for a command; its client asks again.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(25);

    internal Executions Executions => executions;

    internal ValueTask<RunningDevbox> DevboxAsync(HttpContext http) => devboxOf(http);

    /// <summary>The devbox and the execution that the path names.</summary>
    /// <exception cref="StoreException">As for the devbox; ExecutionNotFound, ExecutionDisabled.</exception>
    internal async ValueTask<(RunningDevbox Devbox, CommandExecution Execution)> ExecutionAsync(HttpContext http)
    {
        RunningDevbox devbox = await devboxOf(http);
        return (devbox, executions.Get(devbox, (string)http.Request.RouteValues["execution"]!));
    }

    internal async Task AnswerAsync(HttpContext http, Func<HttpContext, ExecutionCalls, Task> handle)
    {
        try
        {
            await handle(http, this);
        }
        catch (StoreException refusal) when (!http.Response.HasStarted)
        {
            await Refusals.WriteAsync(http, refusal);
        }
    }

    /// <summary>The command in a body.</summary>
    /// <exception cref="StoreException">InvalidArgument.</exception>
    internal static CommandRequest CommandOf(HttpContext http, JsonBody body)
    {
        if (body.Text("shell_name") is not null)
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, "shell_name is not supported: each command has a shell of its own");
        }

        return body.Flag("attach_stdin") is true
            ? throw new StoreException(StoreErrorCode.InvalidArgument, "attach_stdin is not supported: the input of a command is empty")
            : new CommandRequest(body.RequiredText("command"), body.Text("command_id") ?? RequestOnce.Of(http, CallOf(http), body)?.Token);
    }

    /// <summary>The last word of the path: one request id may come to each of the calls.</summary>
    private static string CallOf(HttpContext http) => Path.GetFileName(http.Request.Path.Value!);

    /// <summary>Waits until an execution has ended, or not longer.</summary>
    internal static async Task WaitAsync(CommandExecution execution, TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            await execution.Completed.WaitAsync(longest, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It runs on.
        }
    }
}
