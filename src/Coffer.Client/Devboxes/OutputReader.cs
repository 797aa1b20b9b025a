using System.Net;
using System.Text.Json;

namespace Coffer.Client;

/// <summary>What a command writes, to its end; a stream that breaks off is opened again where it was.</summary>
/// <param name="transport">Carries the calls.</param>
/// <param name="ask">Makes the call for the stream from an offset on.</param>
/// <param name="offset">Where to begin; null for the beginning.</param>
internal sealed class OutputReader(CofferTransport transport, Func<long?, ApiRequest> ask, long? offset) : IDisposable
{
    // A server fills the silence of a command; one that does not is asked again after this.
    private static readonly TimeSpan ShortestIdle = TimeSpan.FromSeconds(60);

    private readonly ApiRequest _first = ask(offset);
    private long? _offset = offset;
    private DownloadStream? _stream;
    private EventReader? _events;
    private int _failed;

    /// <returns>The next piece; null when the command has ended and all is read.</returns>
    public async ValueTask<ExecutionOutput?> NextAsync(bool async, CancellationToken cancellationToken)
    {
        while (true)
        {
            bool isOpen = false;
            try
            {
                if (_events is null)
                {
                    await OpenAsync(async, cancellationToken).ConfigureAwait(false);
                }

                isOpen = true;
                if (await _events!.NextAsync(async, cancellationToken).ConfigureAwait(false) is not { } read)
                {
                    return null;
                }

                ExecutionOutput piece = PieceOf(read.Name, read.Data);
                _offset = piece.Offset ?? _offset;
                _failed = 0;
                return piece;
            }
            catch (CofferException failure) when (isOpen && failure.IsTransient)
            {
                Close();

                // Silence is no failure: a command may think for long.
                if (failure is not CofferTimeoutException && ++_failed > transport.MaxRetries(_first))
                {
                    throw;
                }

                if (_failed > 0)
                {
                    await transport.Retrier.PauseAsync(async, Retrier.DelayAfter(failure, _failed), cancellationToken)
                        .ConfigureAwait(false);
                }
            }
        }
    }

    public void Dispose() => Close();

    private async ValueTask OpenAsync(bool async, CancellationToken cancellationToken)
    {
        ApiRequest request = ask(_offset);
        TimeSpan timeout = transport.TimeoutOf(request);
        TimeSpan idle = timeout == Timeout.InfiniteTimeSpan || timeout > ShortestIdle ? timeout : ShortestIdle;
        _stream = await transport.Transfers.OpenDownloadAsync(async, request, progress: null, cancellationToken, idle)
            .ConfigureAwait(false);
        _events = new EventReader(_stream);
    }

    private void Close()
    {
        _stream?.Dispose();
        (_stream, _events) = (null, null);
    }

    private ExecutionOutput PieceOf(string name, string data)
    {
        try
        {
            if (name == "error")
            {
                throw FailureOf(JsonSerializer.Deserialize(data, CofferJson.Default.StreamFailure));
            }

            return JsonSerializer.Deserialize(data, CofferJson.Default.ExecutionOutput) ?? throw new JsonException("the event is null");
        }
        catch (JsonException error)
        {
            throw new CofferException($"{_first.What}: an event is not the JSON that belongs to this call: {error.Message}", error);
        }
    }

    private CofferException FailureOf(StreamFailure? said) => new($"{_first.What}: {said?.Code} {said?.Message}")
    {
        Status = said?.Code is { } code ? (HttpStatusCode)code : null,
        IsTransient = said?.Code is 408 or 429 or >= 500,
    };
}

/// <summary>How a stream of events says that it cannot go on.</summary>
internal sealed record StreamFailure(int? Code, string? Message);
