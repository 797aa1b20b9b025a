using System.Runtime.CompilerServices;

namespace Coffer.Client;

public partial class DevboxesClient
{
    /// <summary>Follows what a command writes to its standard output, until it ends.</summary>
    /// <param name="id">The devbox's identifier.</param>
    /// <param name="executionId">The execution's identifier.</param>
    /// <param name="offset">Where to begin, as a piece before it said; null for the beginning.</param>
    /// <param name="options">What each of the calls does differently.</param>
    /// <param name="cancellationToken">Ends the stream; the command goes on.</param>
    /// <remarks>
    /// A connection that breaks, or is silent for a minute, is opened again where it was: no piece comes twice. Breaking off again and
    /// again, without a piece between, counts as tries of one call.
    /// </remarks>
    /// <exception cref="CofferException">404 <c>execution_not_found</c>; else as for the devbox.</exception>
    public virtual IAsyncEnumerable<ExecutionOutput> StreamStdoutAsync(
        string id, string executionId, long? offset = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ReadToEndAsync(Output(id, executionId, OutputKind.Stdout, offset, options), cancellationToken);

    /// <inheritdoc cref="StreamStdoutAsync"/>
    public virtual IEnumerable<ExecutionOutput> StreamStdout(
        string id, string executionId, long? offset = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ReadToEnd(Output(id, executionId, OutputKind.Stdout, offset, options), cancellationToken);

    /// <summary>Follows what a command writes to its standard error, until it ends.</summary>
    /// <inheritdoc cref="StreamStdoutAsync"/>
    public virtual IAsyncEnumerable<ExecutionOutput> StreamStderrAsync(
        string id, string executionId, long? offset = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ReadToEndAsync(Output(id, executionId, OutputKind.Stderr, offset, options), cancellationToken);

    /// <inheritdoc cref="StreamStderrAsync"/>
    public virtual IEnumerable<ExecutionOutput> StreamStderr(
        string id, string executionId, long? offset = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        ReadToEnd(Output(id, executionId, OutputKind.Stderr, offset, options), cancellationToken);

    // Through the members that a stand-in overrides.
    internal IAsyncEnumerable<ExecutionOutput> FollowAsync(
        OutputKind kind, ExecutionView of, RequestOptions? options, CancellationToken cancellationToken) =>
        kind == OutputKind.Stdout
            ? StreamStdoutAsync(of.DevboxId, of.ExecutionId, offset: null, options, cancellationToken)
            : StreamStderrAsync(of.DevboxId, of.ExecutionId, offset: null, options, cancellationToken);

    internal IEnumerable<ExecutionOutput> Follow(
        OutputKind kind, ExecutionView of, RequestOptions? options, CancellationToken cancellationToken) =>
        kind == OutputKind.Stdout
            ? StreamStdout(of.DevboxId, of.ExecutionId, offset: null, options, cancellationToken)
            : StreamStderr(of.DevboxId, of.ExecutionId, offset: null, options, cancellationToken);

    // A reader for each walk: what these give can be walked again, as any enumerable.
    private Func<OutputReader> Output(string id, string executionId, OutputKind kind, long? offset, RequestOptions? options)
    {
        CofferTransport transport = Transport;
        _ = DevboxRequests.StreamOutput(id, executionId, kind, offset, options); // an id that is none shows now
        return () => new OutputReader(transport, at => DevboxRequests.StreamOutput(id, executionId, kind, at, options), offset);
    }

    private static async IAsyncEnumerable<ExecutionOutput> ReadToEndAsync(
        Func<OutputReader> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using OutputReader reader = open();
        while (await reader.NextAsync(async: true, cancellationToken).ConfigureAwait(false) is { } piece)
        {
            yield return piece;
        }
    }

    private static IEnumerable<ExecutionOutput> ReadToEnd(Func<OutputReader> open, CancellationToken cancellationToken)
    {
        using OutputReader reader = open();
        while (reader.NextAsync(async: false, cancellationToken).Result() is { } piece)
        {
            yield return piece;
        }
    }
}
