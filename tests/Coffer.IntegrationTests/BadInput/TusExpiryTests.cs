using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Http;

namespace Coffer.IntegrationTests.BadInput;

/// <summary>Uploads and links that are too old, in a server whose clock can be put on.</summary>
public sealed class TusExpiryTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("coffer-test-");
    private readonly HurriedClock _clock = new();
    private readonly HttpClient _http = new(new DescribedAnswers(new SocketsHttpHandler { UseProxy = false }));
    private Coffer.Server.RunningServer? _server;

    public async ValueTask InitializeAsync()
    {
        var options = new CofferOptions
        {
            Data = _folder.FullName, Urls = [BindingAddress.Parse("http://127.0.0.1:0")], LogStream = Stream.Null, ApiKey = Canary.ApiKey,
        };
        _server = await Coffer.Server.RunningServer.StartAsync(options, _clock, CancellationToken.None);
        using HttpResponseMessage made = await SendAsync("POST", "/bucket", new StringContent("""{"name":"b"}""", MediaTypeHeaderValue.Parse("application/json")));
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_upload_that_expired_is_gone_until_it_is_forgotten()
    {
        string upload = await BeginAsync("", []);
        await ExpectAsync("PATCH", upload, 204, "", ("Upload-Offset", "0"));
        _clock.Pass(TimeSpan.FromHours(23.9));
        await ExpectAsync("HEAD", upload, 200, "");

        _clock.Pass(TimeSpan.FromHours(0.2));

        await ExpectAsync("HEAD", upload, 410, "");
        await ExpectAsync("PATCH", upload, 410, "The file for this url no longer exists", ("Upload-Offset", "3"));
        await ExpectAsync("DELETE", upload, 410, "The file for this url no longer exists");
        using HttpResponseMessage read = await SendAsync("GET", "/object/b/k");
        Assert.Equal(HttpStatusCode.BadRequest, read.StatusCode);
    }

    [Fact]
    public async Task A_link_that_expired_sends_no_further_piece()
    {
        using HttpResponseMessage signed = await SendAsync("POST", "/object/upload/sign/b/k");
        JsonElement json = JsonSerializer.Deserialize<JsonElement>(await signed.Content.ReadAsByteArrayAsync());
        (string, string) token = ("x-signature", json.Text("token")!);
        string upload = await BeginAsync("/sign", [token]);
        await ExpectAsync("PATCH", upload, 204, "", ("Upload-Offset", "0"), token);

        _clock.Pass(TimeSpan.FromHours(2.1)); // the upload itself has a day

        await ExpectAsync("PATCH", upload, 400, "\"exp\" claim timestamp check failed", ("Upload-Offset", "3"), token);
        await ExpectAsync("HEAD", upload, 400, "", token);
    }

    private async Task<string> BeginAsync(string end, (string, string)[] headers)
    {
        string metadata = TusCalls.Metadata(("bucketName", "b"), ("objectName", "k"));
        using HttpResponseMessage begun = await SendAsync(
            "POST", $"/upload/resumable{end}", null, [("Tus-Resumable", "1.0.0"), ("Upload-Length", "6"), ("Upload-Metadata", metadata), .. headers]);
        Assert.Equal(HttpStatusCode.Created, begun.StatusCode);
        return begun.Headers.Location!.AbsolutePath[StorageCalls.Root.Length..];
    }

    /// <summary>Asks, with three bytes if it is a piece.</summary>
    private async Task ExpectAsync(string method, string upload, int status, string text, params (string, string)[] headers)
    {
        HttpContent? piece = method == "PATCH" ? StorageCalls.TextOf("abc", TusCalls.PieceType) : null;
        using HttpResponseMessage answer = await SendAsync(method, upload, piece, [("Tus-Resumable", "1.0.0"), .. headers]);
        Assert.Equal((status, text), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? content = null, (string Name, string Value)[]? headers = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{_server!.Url}{StorageCalls.Root}{path}") { Content = content };
        foreach ((string name, string value) in headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (request.Headers.Contains("x-signature") is false)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Canary.ApiKey}");
        }

        return await _http.SendAsync(request);
    }

    /// <summary>The system's clock, with a lead. Timers run as ever.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        private long _leadTicks;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Volatile.Read(ref _leadTicks));

        public void Pass(TimeSpan time) => Interlocked.Add(ref _leadTicks, time.Ticks);
    }
}
