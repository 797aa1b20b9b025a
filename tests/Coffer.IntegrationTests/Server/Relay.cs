using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Coffer.ClientTests.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Coffer.IntegrationTests.Server;

/// <summary>
/// A way to a real server on which the bytes of files can be held up: a test then sees how many of them are on their way at once, and
/// can end a client at a known place. What was held when its client went does not reach the server. The first piece of an upload in pieces
/// is never held, so that there is something to go on with.
/// </summary>
internal sealed partial class Relay : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly Uri _to;
    private readonly ConcurrentQueue<string> _passed = new();
    private readonly Lock _counting = new();
    private ScriptedServer? _server;
    private TaskCompletionSource _gate = Opened();
    private int _passes = int.MaxValue;
    private int _held;

    private Relay(Uri to) => _to = to;

    public Uri Url => _server!.Url;

    /// <summary>Transfers that were let through to the server, as <c>POST /…</c>; pieces with their offset.</summary>
    public string[] Passed => [.. _passed];

    /// <summary>How many transfers wait at this moment.</summary>
    public int Held
    {
        get
        {
            lock (_counting)
            {
                return _held;
            }
        }
    }

    public static async Task<Relay> StartAsync(Uri to)
    {
        var relay = new Relay(to);
        relay._server = await ScriptedServer.StartAsync(relay.AnswerAsync, readBodies: false, static _ => { });
        return relay;
    }

    /// <summary>Lets so many transfers through from now on, and holds the others up until <see cref="Open"/>.</summary>
    public void HoldAfter(int passes)
    {
        lock (_counting)
        {
            (_gate, _passes) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), passes);
        }
    }

    /// <summary>Lets everything through, also what waits.</summary>
    public void Open()
    {
        lock (_counting)
        {
            _passes = int.MaxValue;
        }

        _gate.TrySetResult();
    }

    /// <summary>Waits until so many transfers are held up.</summary>
    public Task HeldAsync(int count) => WhenAsync(held => held >= count, $"{count} transfers wait");

    /// <summary>Waits until none is, because the client that made them has gone.</summary>
    public Task NoneHeldAsync() => WhenAsync(static held => held == 0, "no transfer waits");

    public ValueTask DisposeAsync()
    {
        Open();
        return _server!.DisposeAsync();
    }

    private static TaskCompletionSource Opened()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task WhenAsync(Func<int, bool> isSo, string what)
    {
        DateTime deadline = DateTime.UtcNow.AddSeconds(60);
        while (!isSo(Held))
        {
            Assert.True(DateTime.UtcNow < deadline, $"not so after 60 s: {what}; {Held} do");
            await Task.Delay(10);
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Stream body = http.Request.Body;
        if (IsTransfer(http.Request.Method, target))
        {
            body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted); // while bytes are to come, nobody sees that the client has gone
            body.Position = 0;
            if (http.Request.Headers["Upload-Offset"] != "0")
            {
                await WaitAsync(http.RequestAborted);
            }

            _passed.Enqueue($"{http.Request.Method} {target} {http.Request.Headers["Upload-Offset"]}".Trim());
        }

        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(_to, target));
        if (http.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody)
        {
            request.Content = new StreamContent(body);
        }

        foreach ((string name, Microsoft.Extensions.Primitives.StringValues value) in http.Request.Headers)
        {
            // The host too: addresses in answers then lead here again.
            if (name is not ("Connection" or "Transfer-Encoding") && !request.Headers.TryAddWithoutValidation(name, value.ToString()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value.ToString());
            }
        }

        using HttpResponseMessage answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name is not ("Connection" or "Transfer-Encoding"))
            {
                http.Response.Headers[name] = values.ToArray();
            }
        }

        await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private async Task WaitAsync(CancellationToken gone)
    {
        Task gate;
        lock (_counting)
        {
            if (_passes > 0)
            {
                _passes--;
                return;
            }

            (gate, _held) = (_gate.Task, _held + 1);
        }

        try
        {
            await gate.WaitAsync(gone);
        }
        finally
        {
            lock (_counting)
            {
                _held--;
            }
        }
    }

    private static bool IsTransfer(string method, string target) =>
        method == "PATCH" || (method is "POST" or "PUT" or "GET" && ObjectTarget().IsMatch(target));

    [GeneratedRegex("^/storage/v1/object/(?!(list|list-v2|info|sign|copy|move)/)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex ObjectTarget();
}
