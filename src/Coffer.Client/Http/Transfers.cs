using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Serialization.Metadata;

namespace Coffer.Client;

/// <summary>
/// Moves objects' bytes, without a limit on the whole: to and from signed URLs, which get no key and no setting of the API, and
/// as bodies of API calls.
/// </summary>
internal sealed class Transfers(CofferTransport transport)
{
    private const int MostRedirects = 10;

    // From here on it pays to ask before sending: a refusal then costs a round trip and not the upload.
    private const long AsksFirstFrom = 1 << 20;

    /// <summary>PUTs content; again after a passing failure when the content can be sent again.</summary>
    public async ValueTask UploadAsync(
        bool async, string url, UploadSource source, IProgress<TransferProgress>? progress, TimeSpan? idleLimit,
        CancellationToken cancellationToken)
    {
        const string What = "Upload of the content";
        Uri address = SignedUrl(url);
        int maxRetries = source.CanReplay ? transport.Settings.MaxRetries : 0;

        await transport.Retrier.RunAsync(async, maxRetries, TryOnceAsync, cancellationToken).ConfigureAwait(false);

        ValueTask<bool> TryOnceAsync(int retryCount) => SendOnceAsync(
            async, What, content => Message(HttpMethod.Put, address, content), source, progress,
            idleLimit ?? transport.Settings.Timeout, ReadAsync, cancellationToken);

        async ValueTask<bool> ReadAsync(HttpResponseMessage answer, Deadline deadline) => answer.IsSuccessStatusCode
            ? true
            : throw await Failures.OfAnswerAsync(async, answer, What, deadline, transport.Time.GetUtcNow(), NoteOf(source))
                .ConfigureAwait(false);
    }

    /// <summary>Sends content with a call; again after a passing failure when the content and the call allow it.</summary>
    public async ValueTask<T> UploadAsync<T>(
        bool async, ApiRequest request, UploadSource source, IProgress<TransferProgress>? progress, JsonTypeInfo<T> type,
        CancellationToken cancellationToken)
    {
        string? requestId = CofferTransport.RequestIdFor(request);
        TimeSpan idleLimit = transport.TimeoutOf(request);
        int maxRetries = source.CanReplay ? transport.MaxRetries(request) : 0;

        return await transport.Retrier.RunAsync(async, maxRetries, TryOnceAsync, cancellationToken, request.IsRepeatable)
            .ConfigureAwait(false);

        ValueTask<T> TryOnceAsync(int retryCount) => SendOnceAsync(
            async, request.What, content => transport.MessageFor(request, content, requestId, retryCount), source, progress,
            idleLimit, (answer, deadline) => transport.ReadAsync(async, answer, request, type, deadline, NoteOf(source)),
            cancellationToken);
    }

    /// <summary>Sends content once.</summary>
    /// <param name="async">False blocks the calling thread.</param>
    /// <param name="what">How messages name the call.</param>
    /// <param name="message">Makes the request around the content.</param>
    /// <param name="source">The content.</param>
    /// <param name="progress">Hears how far the transfer is.</param>
    /// <param name="idleLimit">How long nothing may move.</param>
    /// <param name="read">Makes the result of the answer, whatever its status.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    public async ValueTask<T> SendOnceAsync<T>(
        bool async, string what, Func<HttpContent, HttpRequestMessage> message, UploadSource source,
        IProgress<TransferProgress>? progress, TimeSpan idleLimit, Func<HttpResponseMessage, Deadline, ValueTask<T>> read,
        CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(idleLimit, cancellationToken);
        deadline.Start();
        using var content = new UploadContent(source, deadline, progress);
        using HttpRequestMessage sent = message(content);
        sent.Headers.ExpectContinue = source.Length is null or >= AsksFirstFrom;
        try
        {
            using HttpResponseMessage answer =
                await transport.ExchangeAsync(async, sent, what, deadline, NoteOf(source)).ConfigureAwait(false);
            return await read(answer, deadline).ConfigureAwait(false);
        }
        catch (Exception) when (content.SourceFailure is { } failure && !cancellationToken.IsCancellationRequested)
        {
            failure.Throw(); // the caller's own stream or file broke: no fault of the network
            throw;
        }
    }

    /// <summary>Opens a download; tries again after a passing failure until the first byte is there.</summary>
    public ValueTask<DownloadStream> OpenDownloadAsync(
        bool async, string url, IProgress<TransferProgress>? progress, TimeSpan? idleLimit, CancellationToken cancellationToken)
    {
        Uri address = SignedUrl(url);
        var download = new Download("Download of the content", _ => Message(HttpMethod.Get, address, content: null), progress);
        return OpenAsync(
            async, download, idleLimit ?? transport.Settings.Timeout, transport.Settings.MaxRetries, cancellationToken);
    }

    /// <summary>Opens what a call answers; tries again after a passing failure until the first byte is there.</summary>
    /// <param name="async">False blocks the calling thread.</param>
    /// <param name="request">The call; with its JSON, if it writes.</param>
    /// <param name="progress">Hears how far the transfer is.</param>
    /// <param name="cancellationToken">Ends the transfer, also while the stream is being read.</param>
    /// <param name="idleLimit">How long nothing may move; null for the timeout of a try.</param>
    public ValueTask<DownloadStream> OpenDownloadAsync(
        bool async, ApiRequest request, IProgress<TransferProgress>? progress, CancellationToken cancellationToken,
        TimeSpan? idleLimit = null)
    {
        byte[]? body = request.IsRead ? null : request.BodyBytes();
        string? requestId = CofferTransport.RequestIdFor(request);
        var download = new Download(
            request.What,
            retryCount => transport.MessageFor(request, body is null ? null : CofferTransport.Json(body), requestId, retryCount),
            progress)
        {
            Refusal = request.Refusal,
        };
        return OpenAsync(
            async, download, idleLimit ?? transport.TimeoutOf(request), transport.MaxRetries(request), cancellationToken);
    }

    private async ValueTask<DownloadStream> OpenAsync(
        bool async, Download download, TimeSpan idleLimit, int maxRetries, CancellationToken cancellationToken)
    {
        return await transport.Retrier.RunAsync(async, maxRetries, TryOnceAsync, cancellationToken).ConfigureAwait(false);

        async ValueTask<DownloadStream> TryOnceAsync(int retryCount)
        {
            var deadline = new Deadline(idleLimit, cancellationToken);
            HttpResponseMessage? answer = null;
            try
            {
                deadline.Start();
                answer = await FollowAsync(async, download, retryCount, deadline).ConfigureAwait(false);
                if (!answer.IsSuccessStatusCode)
                {
                    throw await RefusedAsync(async, answer, download, deadline).ConfigureAwait(false);
                }

                Stream body = async
                    ? await answer.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false)
                    : answer.Content.ReadAsStream(deadline.Token);
                deadline.Stop();
                return new DownloadStream(answer, body, deadline, download.What, download.Progress);
            }
            catch
            {
                answer?.Dispose();
                deadline.Dispose();
                throw;
            }
        }
    }

    private async ValueTask<Exception> RefusedAsync(
        bool async, HttpResponseMessage answer, Download download, Deadline deadline)
    {
        try
        {
            return await Failures.OfAnswerAsync(
                async, answer, download.What, deadline, transport.Time.GetUtcNow(), refusal: download.Refusal)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (Failures.OfNetwork(error, download.What, deadline) is { } failure)
        {
            return failure;
        }
    }

    private async ValueTask<HttpResponseMessage> FollowAsync(
        bool async, Download download, int retryCount, Deadline deadline)
    {
        HttpRequestMessage message = download.First(retryCount);
        for (int redirects = 0; ; redirects++)
        {
            Uri address = message.RequestUri!;
            bool isRead = message.Method == HttpMethod.Get; // what a POST asks is not asked elsewhere
            string? range = message.Headers.NonValidated.TryGetValues("Range", out HeaderStringValues ranges)
                ? ranges.ToString()
                : null;
            HttpResponseMessage answer;
            using (message)
            {
                message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity"); // bytes as stored, also through a proxy
                answer = await transport.ExchangeAsync(async, message, download.What, deadline).ConfigureAwait(false);
            }

            bool isRedirect = answer.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
            if (!isRead || !isRedirect || answer.Headers.Location is not { } location || redirects == MostRedirects)
            {
                return answer;
            }

            answer.Dispose();
            var next = new Uri(address, location);
            if (next.Scheme != address.Scheme && next.Scheme != Uri.UriSchemeHttps)
            {
                throw new CofferException(
                    $"{download.What}: the server redirects from https to {next.Scheme}, which is not followed.");
            }

            // Without the client's headers: where the bytes lie is not where the key belongs.
            message = Message(HttpMethod.Get, next, content: null);
            if (range is not null)
            {
                message.Headers.TryAddWithoutValidation("Range", range);
            }
        }
    }

    private static string? NoteOf(UploadSource source) =>
        source.CanReplay ? null : "It was not tried again because the content comes from a stream that cannot seek.";

    private static HttpRequestMessage Message(HttpMethod method, Uri address, HttpContent? content)
    {
        var message = new HttpRequestMessage(method, address) { Content = content };
        message.Headers.TryAddWithoutValidation("Accept", "*/*");
        message.Headers.TryAddWithoutValidation("User-Agent", CofferTransport.UserAgent);
        return message;
    }

    // Sent as it was signed: tidying escapes or dots would break the signature.
    private static Uri SignedUrl(string url) =>
        Uri.TryCreate(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out Uri? address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : throw new CofferException("The server gave a link that is no absolute http or https URL.");

    /// <summary>What a download asks first, and how it speaks of itself.</summary>
    /// <param name="What">How messages name the call.</param>
    /// <param name="First">The first request; gets the number of tries before this one.</param>
    /// <param name="Progress">Hears how far the transfer is.</param>
    private sealed record Download(
        string What, Func<int, HttpRequestMessage> First, IProgress<TransferProgress>? Progress)
    {
        public Func<RefusedAnswer, CofferException>? Refusal { get; init; }
    }
}
