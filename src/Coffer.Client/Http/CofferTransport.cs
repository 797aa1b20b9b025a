using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Coffer.Client;

/// <summary>
/// Carries API calls: key, headers, timeout of a try, retries, errors. Bytes of objects go through <see cref="Transfers"/>.
/// </summary>
internal sealed class CofferTransport : IDisposable
{
    public static readonly string UserAgent = $"Coffer/DotNet {typeof(CofferTransport).Assembly.GetName().Version?.ToString(3)}";

    private static readonly Dictionary<string, string?> NoHeaders = [];

    private readonly bool _ownsHttp;

    public CofferTransport(CofferClientOptions options, Func<string, string?> environment)
    {
        Settings = new ClientSettings(options, environment);
        Time = options.TimeProvider;
        Retrier = new Retrier(Time);
        _ownsHttp = options.HttpClient is null;
        Http = options.HttpClient ?? new HttpClient(new BlockingHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        Transfers = new Transfers(this);
    }

    public ClientSettings Settings { get; }

    public TimeProvider Time { get; }

    public Retrier Retrier { get; }

    public Transfers Transfers { get; }

    private HttpClient Http { get; }

    public async Task<T> SendAsync<T>(ApiRequest request, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        await SendAsync(async: true, request, answer, cancellationToken).ConfigureAwait(false);

    public T Send<T>(ApiRequest request, JsonTypeInfo<T> answer, CancellationToken cancellationToken) =>
        SendAsync(async: false, request, answer, cancellationToken).Result();

    /// <summary>One exchange, answered by at least the answer's headers; failures come as this package's exceptions.</summary>
    public async ValueTask<HttpResponseMessage> ExchangeAsync(
        bool async, HttpRequestMessage message, string what, Deadline deadline, string? note = null)
    {
        // Only HTTP/1.1 has a blocking form.
        message.Version = HttpVersion.Version11;
        message.Options.Set(BlockingHandler.IdleLimit, deadline.Limit);
        try
        {
            return async
                ? await Http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false)
                : Http.Send(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        }
        catch (Exception error) when (Failures.OfNetwork(error, what, deadline, note) is { } failure)
        {
            throw failure;
        }
    }

    public void Dispose()
    {
        if (_ownsHttp)
        {
            Http.Dispose();
        }
    }

    private async ValueTask<T> SendAsync<T>(
        bool async, ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        byte[] body = request.BodyBytes();
        string? requestId = request.IsRead ? null : request.Options?.IdempotencyKey ?? $"coffer-dotnet-retry-{Guid.NewGuid()}";
        TimeSpan timeout = ClientSettings.CheckedTimeout(request.Options?.Timeout ?? Settings.Timeout);

        return await Retrier.RunAsync(async, request.Options?.MaxRetries ?? Settings.MaxRetries, TryOnceAsync, cancellationToken)
            .ConfigureAwait(false);

        async ValueTask<T> TryOnceAsync(int retryCount)
        {
            using var deadline = new Deadline(timeout, cancellationToken);
            deadline.Start();
            using HttpRequestMessage message = MessageFor(request, body, requestId, retryCount);
            return await AnswerAsync(async, message, $"{request.Method} {request.Path}", type, deadline).ConfigureAwait(false);
        }
    }

    private async ValueTask<T> AnswerAsync<T>(
        bool async, HttpRequestMessage message, string what, JsonTypeInfo<T> type, Deadline deadline)
    {
        using HttpResponseMessage answer = await ExchangeAsync(async, message, what, deadline).ConfigureAwait(false);
        try
        {
            if (!answer.IsSuccessStatusCode)
            {
                throw await Failures.OfAnswerAsync(async, answer, what, deadline, Time.GetUtcNow()).ConfigureAwait(false);
            }

            byte[] json = await BodyBytes.ReadAsync(async, answer, Array.MaxLength, deadline).ConfigureAwait(false);
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("the answer is null");
        }
        catch (JsonException error)
        {
            throw new CofferException($"{what}: the answer is not the JSON that belongs to this call: {error.Message}", error)
            {
                Status = answer.StatusCode,
                RequestId = Failures.RequestIdOf(answer),
            };
        }
        catch (Exception error) when (error is not CofferException && Failures.OfNetwork(error, what, deadline) is { } failure)
        {
            throw failure;
        }
    }

    private HttpRequestMessage MessageFor(ApiRequest request, byte[] body, string? requestId, int retryCount)
    {
        var message = new HttpRequestMessage(request.Method, request.Address(Settings));
        Set(message, "Accept", "application/json");
        Set(message, "User-Agent", UserAgent);
        Set(message, "x-coffer-retry-count", $"{retryCount}");
        if (!request.IsRead)
        {
            // Also without a body: the published clients do so, and servers lean on it.
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            Set(message, "x-request-id", requestId);
        }

        foreach ((string name, string? value) in Settings.Headers.Concat(request.Options?.Headers ?? NoHeaders))
        {
            Set(message, name, value);
        }

        return message;
    }

    private static void Set(HttpRequestMessage message, string name, string? value)
    {
        bool isOfContent = name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);
        HttpHeaders? headers = isOfContent ? message.Content?.Headers : message.Headers;
        headers?.Remove(name);
        if (value is null || headers is null)
        {
            return;
        }

        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~') || !headers.TryAddWithoutValidation(name, value))
        {
            throw new ArgumentException($"'{name}' with this value is no header that a request can carry.", nameof(name));
        }
    }
}
