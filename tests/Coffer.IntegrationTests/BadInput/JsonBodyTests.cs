using System.Text;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.BadInput;

/// <summary>Bodies that are no JSON, or too much of it, on every route that reads one.</summary>
public sealed class JsonBodyTests(SharedServer server) : IAsyncLifetime
{
    private Api _api = server.Api;
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _api = await server.Accounts.NewAsync();
        _id = await _api.StoreAsync("kept", "kept");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("{"), InlineData("}"), InlineData("{\"name\":}"), InlineData("{'name':'a'}"), InlineData("{\"a\":1,}"), InlineData("nonsense")]
    [InlineData("{\"name\":\"a\"}{}"), InlineData("[]"), InlineData("\"text\""), InlineData("7"), InlineData("true"), InlineData("<xml/>")]
    [InlineData("name=a&content_type=text"), InlineData("{\"name\":\"\\x\"}"), InlineData("{\"name\":\"unfinished"), InlineData("// only a comment")]
    public async Task What_is_no_JSON_object_is_refused(string body)
    {
        await EveryRouteAsync(body, answer => answer.ExpectError(400, "invalid_argument"));
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_are_refused()
    {
        byte[] body = [.. "{\"name\":\""u8, 0xff, 0xfe, .. "\",\"content_type\":\"text\"}"u8];

        (await _api.SendAsync("POST", "/v1/objects", new ByteArrayContent(body))).ExpectError(400, "invalid_argument");
    }

    [Theory]
    [InlineData("""{"name":"a","content_type":"text","\ud800\ud800\ud800":1}"""), InlineData("""{"\ud800":1,"name":"a","content_type":"text"}""")]
    [InlineData("""{"name":"a","content_type":"text","n\udc00me":null}"""), InlineData("""{"name":"a","content_type":"text","metadata":{"\udfff":"v"}}""")]
    public async Task Half_a_character_in_a_members_name_is_refused_or_passed_over(string body)
    {
        foreach ((string method, string path) in Routes())
        {
            Answer answer = await _api.SendAsync(method, path, new StringContent(body));
            if ((int)answer.Status != 200)
            {
                answer.ExpectError(400, "invalid_argument");
            }
        }
    }

    [Theory]
    [InlineData("["), InlineData("{\"a\":")]
    public async Task Deep_nesting_is_refused(string opening)
    {
        string body = $"{{\"name\":\"a\",\"content_type\":\"text\",\"metadata\":{string.Concat(Enumerable.Repeat(opening, 50_000))}";

        await EveryRouteAsync(body, answer => answer.ExpectError(400, "invalid_argument"));
    }

    [Fact]
    public async Task Nesting_in_an_unknown_member_is_no_way_around_that()
    {
        string nested = string.Concat(Enumerable.Repeat("[", 1000)) + string.Concat(Enumerable.Repeat("]", 1000));

        (await _api.PostAsync("/v1/objects", $$"""{"name":"a","content_type":"text","unknown":{{nested}}}""")).ExpectError(400, "invalid_argument");
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Ten_megabytes_of_JSON_are_refused_of_known_length_and_chunked(bool chunked)
    {
        string body = $$$"""{"name":"a","content_type":"text","metadata":{"k":"{{{new string('v', 10_000_000)}}}"}}""";

        foreach ((string method, string path) in Routes())
        {
            using var content = new StringContent(body);
            Answer answer = await _api.SendAsync(method, path, content, chunked ? [("Transfer-Encoding", "chunked")] : []);
            answer.ExpectError(413, "too_large");
        }

        await UnchangedAsync();
    }

    [Fact]
    public async Task A_body_just_below_the_limit_is_read()
    {
        string padding = new(' ', (1 << 20) - 100);

        (await _api.PostAsync("/v1/objects", $$"""{{padding}}{"name":"a","content_type":"text"}""")).Expect(200);
    }

    [Fact]
    public async Task A_body_that_ends_before_its_length_changes_nothing()
    {
        await using (RawHttp raw = await RawHttp.ConnectAsync(server.Process))
        {
            await raw.SendAsync(
                $"POST /v1/objects HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {_api.Token}\r\nContent-Length: 1000\r\n\r\n{{\"name\":\"a\",\"content_type\":\"text\"}}");
            raw.FinishSending();
            Assert.False((await raw.AnswerOrEndAsync())?.IsSuccess ?? false);
        }

        await UnchangedAsync();
    }

    private (string Method, string Path)[] Routes() =>
    [
        ("POST", "/v1/objects"), ("PATCH", $"/v1/objects/{_id}"), ("POST", $"/v1/objects/{_id}/download"), ("POST", "/admin/v1/keys"),
    ];

    private async Task EveryRouteAsync(string body, Action<Answer> check)
    {
        foreach ((string method, string path) in Routes())
        {
            check(await _api.SendAsync(method, path, new StringContent(body, Encoding.UTF8, "application/json")));
        }

        await UnchangedAsync();
    }

    private async Task UnchangedAsync()
    {
        Assert.Equal(1, await _api.CountAsync());
        Assert.Equal("kept", (await _api.RetrieveAsync(_id)).Json.Text("name"));
        Assert.Equal("kept", (await _api.DownloadAsync(_id)).Text);
    }
}
