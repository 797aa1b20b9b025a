namespace Coffer.Client;

public partial class DevboxesClient
{
    /// <summary>Begins a command and waits a moment for its end; a command that takes longer goes on.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="command">What the devbox's shell gets.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the command may run all the same.</param>
    /// <returns>
    /// The execution: completed, with what it wrote, if it has ended within 20 s (less for a short timeout), else running. A retry does
    /// not run the command twice.
    /// </returns>
    /// <remarks>Source: Devboxes API, execute. See <see cref="DevboxCommands.ExecAsync"/> for a call that waits to the end.</remarks>
    /// <exception cref="CofferException">
    /// 501 <c>execution_disabled</c> when the server runs no commands; 400 <c>devbox_not_running</c>; 404 <c>devbox_not_found</c>.
    /// </exception>
    public virtual Task<ExecutionView> ExecuteAsync(
        string id, string command, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(Execute(id, command, options), CofferJson.Default.ExecutionView, cancellationToken);

    /// <inheritdoc cref="ExecuteAsync"/>
    public virtual ExecutionView Execute(
        string id, string command, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(Execute(id, command, options), CofferJson.Default.ExecutionView, cancellationToken);

    /// <summary>Begins a command and does not wait for its end.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="command">What the devbox's shell gets.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the command may run all the same.</param>
    /// <returns>The execution, mostly running. A retry does not run the command twice.</returns>
    /// <remarks>Source: Devboxes API, execute_async: the word of the wire, which has nothing to do with awaiting.</remarks>
    /// <inheritdoc cref="ExecuteAsync"/>
    public virtual Task<ExecutionView> StartExecutionAsync(
        string id, string command, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(Start(id, command, options), CofferJson.Default.ExecutionView, cancellationToken);

    /// <inheritdoc cref="StartExecutionAsync"/>
    public virtual ExecutionView StartExecution(
        string id, string command, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(Start(id, command, options), CofferJson.Default.ExecutionView, cancellationToken);

    /// <summary>Fetches where a command stands.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="executionId">The execution's identifier.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">404 <c>execution_not_found</c>; else as for the devbox.</exception>
    public virtual Task<ExecutionView> RetrieveExecutionAsync(
        string id, string executionId, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(
            DevboxRequests.RetrieveExecution(id, executionId, options), CofferJson.Default.ExecutionView, cancellationToken);

    /// <inheritdoc cref="RetrieveExecutionAsync"/>
    public virtual ExecutionView RetrieveExecution(
        string id, string executionId, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(
            DevboxRequests.RetrieveExecution(id, executionId, options), CofferJson.Default.ExecutionView, cancellationToken);

    /// <summary>Waits until a command has ended.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="executionId">The execution's identifier.</param>
    /// <param name="longestWait">How long to wait in all, about; null for as long as it takes.</param>
    /// <param name="options">What each of the calls does differently.</param>
    /// <param name="cancellationToken">Ends the waiting; the command goes on.</param>
    /// <returns>The view, completed.</returns>
    /// <exception cref="CofferTimeoutException">It runs still after that time, and goes on.</exception>
    /// <exception cref="CofferException">404 <c>execution_not_found</c>; else as for the devbox.</exception>
    public virtual async Task<ExecutionView> WaitForExecutionAsync(
        string id, string executionId, TimeSpan? longestWait = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await EndAsync(async: true, id, executionId, longestWait, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="WaitForExecutionAsync"/>
    public virtual ExecutionView WaitForExecution(
        string id, string executionId, TimeSpan? longestWait = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        EndAsync(async: false, id, executionId, longestWait, options, cancellationToken).Result();

    /// <summary>Ends a command and everything that it started; for one that has ended this changes nothing.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="executionId">The execution's identifier.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the command may be killed all the same.</param>
    /// <exception cref="CofferException">404 <c>execution_not_found</c>; else as for the devbox.</exception>
    public virtual Task<ExecutionView> KillExecutionAsync(
        string id, string executionId, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(
            DevboxRequests.KillExecution(id, executionId, options), CofferJson.Default.ExecutionView, cancellationToken);

    /// <inheritdoc cref="KillExecutionAsync"/>
    public virtual ExecutionView KillExecution(
        string id, string executionId, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(DevboxRequests.KillExecution(id, executionId, options), CofferJson.Default.ExecutionView, cancellationToken);

    private ApiRequest Execute(string id, string command, RequestOptions? options) =>
        DevboxRequests.Execute(id, command, NewCommandId(), LongWait.Hold(Transport, options), options);

    private static ApiRequest Start(string id, string command, RequestOptions? options) =>
        DevboxRequests.Execute(id, command, NewCommandId(), hold: null, options);

    private static string NewCommandId() => Guid.CreateVersion7().ToString();

    private ValueTask<ExecutionView> EndAsync(
        bool async, string id, string executionId, TimeSpan? longestWait, RequestOptions? options, CancellationToken cancellationToken) =>
        LongWait.RunAsync(
            async, Transport, hold => DevboxRequests.WaitForExecution(id, executionId, hold, options), CofferJson.Default.ExecutionView,
            LongWait.Checked(longestWait), options, cancellationToken);
}
