using System.Net;

namespace Coffer.Client;

/// <summary>Moves objects' bytes to and from signed URLs: no key, no settings of the API, no limit on the whole.</summary>
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
        string? note = source.CanReplay ? null
            : "It was not tried again because the content comes from a stream that cannot seek.";

        int maxRetries = source.CanReplay ? transport.Settings.MaxRetries : 0;
        await transport.Retrier.RunAsync(async, maxRetries, TryOnceAsync, cancellationToken)
            .ConfigureAwait(false);

        async ValueTask<bool> TryOnceAsync(int retryCount)
        {
            using var deadline = new Deadline(idleLimit ?? transport.Settings.Timeout, cancellationToken);
            deadline.Start();
            using var content = new UploadContent(source, deadline, progress);
            using HttpRequestMessage message = Message(HttpMethod.Put, address);
            message.Content = content;
            message.Headers.ExpectContinue = source.Length is null or >= AsksFirstFrom;
            try
            {
                using HttpResponseMessage answer =
                    await transport.ExchangeAsync(async, message, What, deadline, note).ConfigureAwait(false);
                return answer.IsSuccessStatusCode
                    ? true
                    : throw await Failures.OfAnswerAsync(async, answer, What, deadline, transport.Time.GetUtcNow(), note)
                        .ConfigureAwait(false);
            }
            catch (Exception) when (content.SourceFailure is { } failure && !cancellationToken.IsCancellationRequested)
            {
                failure.Throw(); // the caller's own stream or file broke: no fault of the network
                throw;
            }
        }
    }

    /// <summary>Opens a download; tries again after a passing failure until the first byte is there.</summary>
    public async ValueTask<DownloadStream> OpenDownloadAsync(
        bool async, string url, IProgress<TransferProgress>? progress, TimeSpan? idleLimit, CancellationToken cancellationToken)
    {
        const string What = "Download of the content";
        Uri address = SignedUrl(url);

        return await transport.Retrier.RunAsync(async, transport.Settings.MaxRetries, TryOnceAsync, cancellationToken)
            .ConfigureAwait(false);

        async ValueTask<DownloadStream> TryOnceAsync(int retryCount)
        {
            var deadline = new Deadline(idleLimit ?? transport.Settings.Timeout, cancellationToken);
            HttpResponseMessage? answer = null;
            try
            {
                deadline.Start();
                answer = await FollowAsync(async, address, What, deadline).ConfigureAwait(false);
                if (!answer.IsSuccessStatusCode)
                {
                    throw await Failures.OfAnswerAsync(async, answer, What, deadline, transport.Time.GetUtcNow())
                        .ConfigureAwait(false);
                }

                Stream body = async
                    ? await answer.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false)
                    : answer.Content.ReadAsStream(deadline.Token);
                deadline.Stop();
                return new DownloadStream(answer, body, deadline, What, progress);
            }
            catch
            {
                answer?.Dispose();
                deadline.Dispose();
                throw;
            }
        }
    }

    private async ValueTask<HttpResponseMessage> FollowAsync(bool async, Uri address, string what, Deadline deadline)
    {
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage message = Message(HttpMethod.Get, address);
            message.Headers.TryAddWithoutValidation("Accept-Encoding", "identity"); // bytes as stored, also through a proxy
            HttpResponseMessage answer = await transport.ExchangeAsync(async, message, what, deadline).ConfigureAwait(false);
            bool isRedirect = answer.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
            if (!isRedirect || answer.Headers.Location is not { } location || redirects == MostRedirects)
            {
                return answer;
            }

            answer.Dispose();
            var next = new Uri(address, location);
            if (next.Scheme != address.Scheme && next.Scheme != Uri.UriSchemeHttps)
            {
                throw new CofferException($"{what}: the server redirects from https to {next.Scheme}, which is not followed.");
            }

            address = next;
        }
    }

    private static HttpRequestMessage Message(HttpMethod method, Uri address)
    {
        var message = new HttpRequestMessage(method, address);
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
}
