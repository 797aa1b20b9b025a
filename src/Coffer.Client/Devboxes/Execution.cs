using System.Runtime.CompilerServices;

namespace Coffer.Client;

/// <summary>A command that was begun in a devbox.</summary>
/// <remarks>Members are virtual and there is a protected constructor, so that a test can stand in for it.</remarks>
public class Execution
{
    private readonly DevboxesClient? _client;
    private readonly string _devboxId = "";
    private readonly string _id = "";

    internal Execution(DevboxesClient client, string devboxId, string executionId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(executionId);
        (_client, _devboxId, _id) = (client, devboxId, executionId);
    }

    /// <summary>For tests that stand in for an execution: every member that is called must then be overridden.</summary>
    protected Execution()
    {
    }

    /// <summary>The execution's identifier; never changes.</summary>
    public virtual string Id => _id;

    /// <summary>The identifier of the devbox in which it runs.</summary>
    public virtual string DevboxId => _devboxId;

    private DevboxesClient Client => CofferClient.Require(_client);

    /// <summary>Fetches where the command stands.</summary>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">404 when it is known no more; 400 once the devbox has ended.</exception>
    public virtual Task<ExecutionView> GetStateAsync(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.RetrieveExecutionAsync(DevboxId, Id, options, cancellationToken);

    /// <inheritdoc cref="GetStateAsync"/>
    public virtual ExecutionView GetState(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.RetrieveExecution(DevboxId, Id, options, cancellationToken);

    /// <summary>Waits until the command has ended.</summary>
    /// <param name="longestWait">How long to wait in all, about; null for as long as it takes.</param>
    /// <param name="options">What each of the calls does differently.</param>
    /// <param name="cancellationToken">Ends the waiting; the command goes on.</param>
    /// <exception cref="CofferTimeoutException">It runs still after that time, and goes on.</exception>
    /// <exception cref="CofferException">404 when it is known no more; 400 once the devbox has ended.</exception>
    public virtual async Task<ExecutionResult> WaitAsync(
        TimeSpan? longestWait = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        new(
            Client,
            await Client.WaitForExecutionAsync(DevboxId, Id, longestWait, options, cancellationToken).ConfigureAwait(false),
            options?.ForLaterCalls());

    /// <inheritdoc cref="WaitAsync"/>
    public virtual ExecutionResult Wait(
        TimeSpan? longestWait = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        new(Client, Client.WaitForExecution(DevboxId, Id, longestWait, options, cancellationToken), options?.ForLaterCalls());

    /// <summary>Ends the command and everything that it started; when it has ended already, this changes nothing.</summary>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the command may be killed all the same.</param>
    /// <exception cref="CofferException">404 when it is known no more; 400 once the devbox has ended.</exception>
    public virtual Task<ExecutionView> KillAsync(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.KillExecutionAsync(DevboxId, Id, options, cancellationToken);

    /// <inheritdoc cref="KillAsync"/>
    public virtual ExecutionView Kill(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.KillExecution(DevboxId, Id, options, cancellationToken);

    /// <summary>Follows what the command writes to its standard output, from the beginning to its end.</summary>
    /// <param name="options">What each of the calls does differently.</param>
    /// <param name="cancellationToken">Ends the stream; the command goes on.</param>
    /// <remarks>A connection that breaks is opened again where it was, see <see cref="DevboxesClient.StreamStdoutAsync"/>.</remarks>
    /// <exception cref="CofferException">404 when it is known no more; 400 once the devbox has ended.</exception>
    public virtual IAsyncEnumerable<string> StreamStdoutAsync(
        RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        TextsAsync(Client.StreamStdoutAsync(DevboxId, Id, offset: null, options, cancellationToken), cancellationToken);

    /// <inheritdoc cref="StreamStdoutAsync"/>
    public virtual IEnumerable<string> StreamStdout(
        RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.StreamStdout(DevboxId, Id, offset: null, options, cancellationToken).Select(piece => piece.Output);

    /// <summary>Follows what the command writes to its standard error, from the beginning to its end.</summary>
    /// <inheritdoc cref="StreamStdoutAsync"/>
    public virtual IAsyncEnumerable<string> StreamStderrAsync(
        RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        TextsAsync(Client.StreamStderrAsync(DevboxId, Id, offset: null, options, cancellationToken), cancellationToken);

    /// <inheritdoc cref="StreamStderrAsync"/>
    public virtual IEnumerable<string> StreamStderr(
        RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Client.StreamStderr(DevboxId, Id, offset: null, options, cancellationToken).Select(piece => piece.Output);

    /// <summary><c>&lt;Execution id='…'&gt;</c></summary>
    public override string ToString() => $"<Execution id='{Id}'>";

    private static async IAsyncEnumerable<string> TextsAsync(
        IAsyncEnumerable<ExecutionOutput> pieces, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ExecutionOutput piece in pieces.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return piece.Output;
        }
    }
}
