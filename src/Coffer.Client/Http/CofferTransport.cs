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
        : this(new ClientSettings(options, environment), options.HttpClient, options.TimeProvider)
    {
    }

    public CofferTransport(StorageClientOptions options)
        : this(new ClientSettings(options), options.HttpClient, options.TimeProvider)
    {
    }

    private CofferTransport(ClientSettings settings, HttpClient? http, TimeProvider time)
    {
        Settings = settings;
        Time = time;
        Retrier = new Retrier(time);
        _ownsHttp = http is null;
        Http = http ?? new HttpClient(CofferClient.CreateHttpHandler()) { Timeout = Timeout.InfiniteTimeSpan };
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

    /// <summary>The settings' count of retries, unless the call has its own.</summary>
    public int MaxRetries(ApiRequest request) => request.Options?.MaxRetries ?? Settings.MaxRetries;

    /// <summary>The settings' time for a try, unless the call has its own.</summary>
    public TimeSpan TimeoutOf(ApiRequest request) => ClientSettings.CheckedTimeout(request.Options?.Timeout ?? Settings.Timeout);

    /// <summary>The id that all tries of a writing call share; null for a reading one.</summary>
    public static string? RequestIdFor(ApiRequest request) =>
        request.IsRead ? null : request.Options?.IdempotencyKey ?? $"coffer-dotnet-retry-{Guid.NewGuid()}";

    /// <summary>Sends a call whose body, if any, is JSON, and reads the JSON that answers it.</summary>
    public async ValueTask<T> SendAsync<T>(
        bool async, ApiRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        byte[] body = request.BodyBytes();
        bool hasContent = !request.IsRead && (body.Length > 0 || request.NamesTypeOfNoBody);
        string? requestId = RequestIdFor(request);
        TimeSpan timeout = TimeoutOf(request);

        return await Retrier.RunAsync(async, MaxRetries(request), TryOnceAsync, cancellationToken, request.IsRepeatable)
            .ConfigureAwait(false);

        async ValueTask<T> TryOnceAsync(int retryCount)
        {
            using var deadline = new Deadline(timeout, cancellationToken);
            deadline.Start();
            using HttpRequestMessage message = MessageFor(request, hasContent ? Json(body) : null, requestId, retryCount);
            using HttpResponseMessage answer =
                await ExchangeAsync(async, message, request.What, deadline).ConfigureAwait(false);
            return await ReadAsync(async, answer, request, type, deadline).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the JSON of an answer; throws what the API at hand says when the answer is no success.</summary>
    public async ValueTask<T> ReadAsync<T>(
        bool async, HttpResponseMessage answer, ApiRequest request, JsonTypeInfo<T> type, Deadline deadline, string? note = null)
    {
        try
        {
            if (!answer.IsSuccessStatusCode)
            {
                throw await Failures.OfAnswerAsync(
                    async, answer, request.What, deadline, Time.GetUtcNow(), note, request.Refusal).ConfigureAwait(false);
            }

            byte[] json = await BodyBytes.ReadAsync(async, answer, Array.MaxLength, deadline).ConfigureAwait(false);
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("the answer is null");
        }
        catch (JsonException error)
        {
            throw new CofferException(
                $"{request.What}: the answer is not the JSON that belongs to this call: {error.Message}", error)
            {
                Status = answer.StatusCode,
                RequestId = Failures.RequestIdOf(answer),
            };
        }
        catch (Exception error) when (
            error is not CofferException && Failures.OfNetwork(error, request.What, deadline, note) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>One try of a call, with the client's headers, the operation's and the caller's.</summary>
    public HttpRequestMessage MessageFor(ApiRequest request, HttpContent? content, string? requestId, int retryCount)
    {
        var message = new HttpRequestMessage(request.Method, request.Address(Settings)) { Content = content };
        Set(message, "Accept", "application/json");
        Set(message, "User-Agent", UserAgent);
        Set(message, "x-coffer-retry-count", $"{retryCount}");
        if (requestId is not null)
        {
            Set(message, "x-request-id", requestId);
        }

        foreach ((string name, string? value) in Settings.Headers)
        {
            Set(message, name, value);
        }

        foreach ((string name, string? value) in request.Headers)
        {
            Set(message, name, value);
        }

        foreach ((string name, string? value) in request.Options?.Headers ?? NoHeaders)
        {
            Set(message, name, value);
        }

        return message;
    }

    public static ByteArrayContent Json(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
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
