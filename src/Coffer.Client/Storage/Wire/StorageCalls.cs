using System.Text.Json.Serialization.Metadata;

namespace Coffer.Client;

/// <summary>Carries the calls of the Storage API, which says no in its own way and may lie below another API's address.</summary>
/// <param name="transport">Key, headers, timeouts and retries.</param>
/// <param name="prefix">The path of the Storage API below the transport's address; "" for none.</param>
internal sealed class StorageCalls(CofferTransport transport, string prefix)
{
    /// <summary>What every route and every link of the API follows; without a slash at its end.</summary>
    public string BaseUrl => transport.Settings.BaseUrl + prefix;

    public CofferTransport Transport => transport;

    public async Task<T> SendAsync<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        await SendAsync(async: true, request, type, cancellationToken).ConfigureAwait(false);

    public T Send<T>(ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(async: false, request, type, cancellationToken).Result();

    public ValueTask<T> SendAsync<T>(
        bool async, ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        transport.SendAsync(async, Addressed(request), type, cancellationToken);

    public ValueTask<T> UploadAsync<T>(
        bool async, ApiRequest request, UploadSource source, IProgress<TransferProgress>? progress, JsonTypeInfo<T> type,
        CancellationToken cancellationToken) =>
        transport.Transfers.UploadAsync(async, Addressed(request), source, progress, type, cancellationToken);

    public ValueTask<DownloadStream> OpenDownloadAsync(
        bool async, ApiRequest request, IProgress<TransferProgress>? progress, CancellationToken cancellationToken) =>
        transport.Transfers.OpenDownloadAsync(async, Addressed(request), progress, cancellationToken);

    /// <summary>Sends a call of a resumable upload that has no content, and reads the head of the answer.</summary>
    public async ValueTask<TusAnswer> TusAsync(bool async, ApiRequest request, CancellationToken cancellationToken)
    {
        request = Addressed(request);
        TimeSpan timeout = transport.TimeoutOf(request);
        return await transport.Retrier.RunAsync(async, transport.MaxRetries(request), TryOnceAsync, cancellationToken)
            .ConfigureAwait(false);

        async ValueTask<TusAnswer> TryOnceAsync(int retryCount)
        {
            using var deadline = new Deadline(timeout, cancellationToken);
            deadline.Start();

            // Some middle boxes refuse a POST that does not say that it has no content.
            ByteArrayContent? nothing = request.Method == HttpMethod.Post ? new([]) : null;
            using HttpRequestMessage message = transport.MessageFor(request, nothing, requestId: null, retryCount);
            using HttpResponseMessage answer =
                await transport.ExchangeAsync(async, message, request.What, deadline).ConfigureAwait(false);
            return await TusAsync(async, answer, request, deadline).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the head of an answer; throws when it is no success.</summary>
    public async ValueTask<TusAnswer> TusAsync(
        bool async, HttpResponseMessage answer, ApiRequest request, Deadline deadline)
    {
        if (answer.IsSuccessStatusCode)
        {
            return TusAnswer.Of(answer);
        }

        try
        {
            throw await Failures.OfAnswerAsync(
                async, answer, request.What, deadline, transport.Time.GetUtcNow(), refusal: request.Refusal)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (
            error is not CofferException && Failures.OfNetwork(error, request.What, deadline) is { } failure)
        {
            throw failure;
        }
    }

    public ApiRequest Addressed(ApiRequest request) =>
        request with { Path = prefix + request.Path, Refusal = StorageErrors.Of, NamesTypeOfNoBody = false };
}
