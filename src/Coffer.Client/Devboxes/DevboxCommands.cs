namespace Coffer.Client;

/// <summary>The commands of one devbox; each gets a shell of its own, in <c>/home/user</c>.</summary>
/// <remarks>
/// Calls throw <see cref="CofferException"/>: 501 <c>execution_disabled</c> when the server runs no commands, 400
/// <c>devbox_not_running</c> once the devbox has ended. A command that fails is no exception, but an exit status.
/// </remarks>
public class DevboxCommands
{
    private readonly DevboxesClient? _client;
    private readonly string _devboxId = "";

    internal DevboxCommands(DevboxesClient? client, string devboxId) => (_client, _devboxId) = (client, devboxId);

    /// <summary>For tests that stand in for this: every member that is called must then be overridden.</summary>
    protected DevboxCommands()
    {
    }

    private DevboxesClient Client => CofferClient.Require(_client);

    /// <summary>Runs a command to its end.</summary>
    /// <param name="command">What the shell gets.</param>
    /// <param name="options">Who hears its output, and how long to wait.</param>
    /// <param name="cancellationToken">Ends the waiting; the command goes on. <see cref="StartAsync"/> gives a hold of it.</param>
    /// <exception cref="CofferTimeoutException">It runs still after <see cref="ExecOptions.LongestWait"/>, and goes on.</exception>
    /// <exception cref="CofferException">The server refused it.</exception>
    public virtual async Task<ExecutionResult> ExecAsync(
        string command, ExecOptions? options = null, CancellationToken cancellationToken = default) =>
        await RunAsync(async: true, command, options ?? new(), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="ExecAsync"/>
    /// <remarks>With both callbacks the standard error is read on a thread of its own, not one of the thread pool.</remarks>
    public virtual ExecutionResult Exec(
        string command, ExecOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(async: false, command, options ?? new(), cancellationToken).Result();

    /// <summary>Begins a command, and does not wait for its end.</summary>
    /// <param name="command">What the shell gets.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the command may run all the same.</param>
    /// <exception cref="CofferException">The server refused it.</exception>
    public virtual async Task<Execution> StartAsync(
        string command, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Begun(await Client.StartExecutionAsync(_devboxId, command, options, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc cref="StartAsync"/>
    public virtual Execution Start(
        string command, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Begun(Client.StartExecution(_devboxId, command, options, cancellationToken));

    /// <summary>Takes a command that was begun before, by its id; makes no call.</summary>
    /// <param name="executionId">The execution's identifier.</param>
    /// <exception cref="ArgumentException">The id is empty.</exception>
    public virtual Execution FromId(string executionId) => new(Client, _devboxId, executionId);

    private Execution Begun(ExecutionView view) => new(Client, _devboxId, view.ExecutionId);

    private async ValueTask<ExecutionResult> RunAsync(
        bool async, string command, ExecOptions options, CancellationToken cancellationToken)
    {
        TimeProvider time = TimeProvider.System;
        long begun = time.GetTimestamp();
        RequestOptions? later = options.Request?.ForLaterCalls();
        ExecutionView view;
        if (options.OnStdout is null && options.OnStderr is null && options.LongestWait is null)
        {
            view = async
                ? await Client.ExecuteAsync(_devboxId, command, options.Request, cancellationToken).ConfigureAwait(false)
                : Client.Execute(_devboxId, command, options.Request, cancellationToken);
        }
        else
        {
            view = async
                ? await Client.StartExecutionAsync(_devboxId, command, options.Request, cancellationToken).ConfigureAwait(false)
                : Client.StartExecution(_devboxId, command, options.Request, cancellationToken);
            var listener = new OutputListener(Client, view, options, later);
            await listener.RunAsync(async, cancellationToken).ConfigureAwait(false);
        }

        if (view.Status != ExecutionStatus.Completed)
        {
            TimeSpan? left = options.LongestWait - time.GetElapsedTime(begun);
            left = left < TimeSpan.Zero ? TimeSpan.Zero : left;
            view = async
                ? await Client.WaitForExecutionAsync(_devboxId, view.ExecutionId, left, later, cancellationToken).ConfigureAwait(false)
                : Client.WaitForExecution(_devboxId, view.ExecutionId, left, later, cancellationToken);
        }

        return new ExecutionResult(Client, view, later);
    }
}
