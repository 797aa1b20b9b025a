using System.Runtime.ExceptionServices;

namespace Coffer.Client;

/// <summary>Lets callbacks hear what a command writes, until it ends.</summary>
internal sealed class OutputListener(DevboxesClient client, ExecutionView execution, ExecOptions options, RequestOptions? request)
{
    private readonly Lock _gate = new(); // one callback at a time: callers share what they write to

    /// <exception cref="CofferTimeoutException">The longest wait is over.</exception>
    public async ValueTask RunAsync(bool async, CancellationToken cancellationToken)
    {
        if (options is { OnStdout: null, OnStderr: null })
        {
            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.LongestWait is { } longest)
        {
            stop.CancelAfter(longest);
        }

        try
        {
            if (async)
            {
                await Task.WhenAll(
                    ListenAsync(OutputKind.Stdout, options.OnStdout, stop),
                    ListenAsync(OutputKind.Stderr, options.OnStderr, stop)).ConfigureAwait(false);
            }
            else
            {
                Listen(stop);
            }
        }
        catch (OperationCanceledException error) when (stop.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new CofferTimeoutException(
                $"The execution '{execution.ExecutionId}' runs still after {options.LongestWait?.TotalSeconds:0.###} s, and goes on.", error);
        }
    }

    private async Task ListenAsync(OutputKind kind, Action<string>? callback, CancellationTokenSource stop)
    {
        if (callback is null)
        {
            return;
        }

        try
        {
            await foreach (ExecutionOutput piece in client.FollowAsync(kind, execution, request, stop.Token).ConfigureAwait(false))
            {
                Tell(callback, piece);
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    // The standard output on this thread. For the standard error beside it there must be another; a pool that is exhausted has none.
    private void Listen(CancellationTokenSource stop)
    {
        ExceptionDispatchInfo? outputFailure = null;
        ExceptionDispatchInfo? errorFailure = null;
        Thread? beside = null;
        if (options is { OnStdout: not null, OnStderr: not null })
        {
            beside = new Thread(() => errorFailure = Listened(OutputKind.Stderr, options.OnStderr, stop))
            {
                IsBackground = true, Name = "Coffer: standard error of a devbox",
            };
            beside.Start();
            outputFailure = Listened(OutputKind.Stdout, options.OnStdout, stop);
            beside.Join();
        }
        else if (options.OnStdout is not null)
        {
            outputFailure = Listened(OutputKind.Stdout, options.OnStdout, stop);
        }
        else
        {
            errorFailure = Listened(OutputKind.Stderr, options.OnStderr, stop);
        }

        // Of the two, the one that made the other stop.
        (outputFailure?.SourceException is OperationCanceledException ? errorFailure ?? outputFailure : outputFailure ?? errorFailure)?.Throw();
    }

    private ExceptionDispatchInfo? Listened(OutputKind kind, Action<string>? callback, CancellationTokenSource stop)
    {
        try
        {
            foreach (ExecutionOutput piece in client.Follow(kind, execution, request, stop.Token))
            {
                Tell(callback!, piece);
            }

            return null;
        }
#pragma warning disable CA1031 // thrown again on the thread of the caller
        catch (Exception failure)
#pragma warning restore CA1031
        {
            stop.Cancel();
            return ExceptionDispatchInfo.Capture(failure);
        }
    }

    private void Tell(Action<string> callback, ExecutionOutput piece)
    {
        lock (_gate)
        {
            callback(piece.Output);
        }
    }
}
