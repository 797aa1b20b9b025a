using System.Text;

namespace Coffer.Client;

/// <summary>How a command ended, and what it wrote.</summary>
/// <remarks>Members are virtual and there is a protected constructor, so that a test can stand in for it.</remarks>
public class ExecutionResult
{
    private readonly DevboxesClient? _client;
    private readonly ExecutionView _view;
    private readonly RequestOptions? _request;

    internal ExecutionResult(DevboxesClient client, ExecutionView view, RequestOptions? request) =>
        (_client, _view, _request) = (client, view, request);

    /// <summary>For tests that stand in for a result; what is not cut is taken from the view.</summary>
    /// <param name="view">How the command ended.</param>
    protected ExecutionResult(ExecutionView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        _view = view;
    }

    /// <summary>The view of the completed execution, with the ends of what it wrote.</summary>
    public virtual ExecutionView View => _view;

    /// <summary>The exit status; 128 and a signal's number for a command that a signal ended.</summary>
    public virtual int ExitCode => View.ExitStatus ?? -1;

    /// <summary>Whether the exit status is 0.</summary>
    public virtual bool Success => ExitCode == 0;

    /// <summary>The whole standard output as text; fetched from the stream when the answer held only its end.</summary>
    /// <param name="options">What the call for the stream does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">The stream cannot be had: the devbox has ended meanwhile.</exception>
    public virtual async Task<string> StdoutAsync(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        await WholeAsync(async: true, OutputKind.Stdout, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="StdoutAsync"/>
    public virtual string Stdout(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        WholeAsync(async: false, OutputKind.Stdout, options, cancellationToken).Result();

    /// <summary>The whole standard error as text; fetched from the stream when the answer held only its end.</summary>
    /// <inheritdoc cref="StdoutAsync"/>
    public virtual async Task<string> StderrAsync(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        await WholeAsync(async: true, OutputKind.Stderr, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="StderrAsync"/>
    public virtual string Stderr(RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        WholeAsync(async: false, OutputKind.Stderr, options, cancellationToken).Result();

    private async ValueTask<string> WholeAsync(
        bool async, OutputKind kind, RequestOptions? options, CancellationToken cancellationToken)
    {
        (string? end, bool? isCut) = kind == OutputKind.Stdout
            ? (View.Stdout, View.StdoutTruncated)
            : (View.Stderr, View.StderrTruncated);
        if (isCut != true)
        {
            return end ?? "";
        }

        DevboxesClient client = CofferClient.Require(_client);
        options ??= _request;
        var whole = new StringBuilder();
        if (async)
        {
            await foreach (ExecutionOutput piece in client.FollowAsync(kind, View, options, cancellationToken).ConfigureAwait(false))
            {
                whole.Append(piece.Output);
            }
        }
        else
        {
            foreach (ExecutionOutput piece in client.Follow(kind, View, options, cancellationToken))
            {
                whole.Append(piece.Output);
            }
        }

        return whole.ToString();
    }
}
