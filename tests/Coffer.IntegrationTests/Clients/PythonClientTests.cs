using System.Text;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Clients;

/// <summary>
/// What runloop_api_client 1.29.0 puts on the wire, replayed: compact JSON with explicit nulls, empty bodies that claim to be
/// JSON, chunked uploads without a content type.
/// </summary>
public sealed class PythonClientTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    [Fact]
    public async Task The_whole_life_in_the_forms_of_the_Python_client()
    {
        string requestId = $"stainless-python-retry-{Guid.NewGuid()}";
        const string body = """{"content_type":"text","name":"notes.txt","metadata":null,"ttl_ms":null}""";

        Answer created = (await CallAsync("POST", "/v1/objects", body, requestId)).Expect(200);
        Answer repeated = (await CallAsync("POST", "/v1/objects", body, requestId, retry: 1)).Expect(200);
        Assert.Equal(created.Text, repeated.Text);
        string id = created.Json.Text("id")!;

        await PutAsync(created.Json.Text("upload_url")!, Encoding.UTF8.GetBytes("Hello, wörld"));
        Answer sealedView = (await CallAsync("POST", $"/v1/objects/{id}/complete", "")).Expect(200);
        Assert.Equal("READ_ONLY", sealedView.Json.Text("state"));

        Answer link = (await CallAsync("GET", $"/v1/objects/{id}/download")).Expect(200);
        Answer timed = (await CallAsync("GET", $"/v1/objects/{id}/download?duration_seconds=60")).Expect(200);
        Assert.Equal(60, timed.Json.Number("expires_in_seconds"));
        Answer bytes = await _api.GetAsync(link.Json.Text("download_url")!, ("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate"), ("User-Agent", "python-httpx/0.28.1"));
        Assert.Equal("Hello, wörld", bytes.Expect(200).Text);

        (await CallAsync("GET", "/v1/objects?limit=0&include_total_count=true")).Expect(200);
        (await CallAsync("GET", "/v1/objects/list_public?limit=0")).Expect(200);

        Answer deleted = (await CallAsync("POST", $"/v1/objects/{id}/delete", "")).Expect(200);
        Assert.Equal("DELETED", deleted.Json.Text("state"));
        Assert.Equal("DELETED", (await CallAsync("GET", $"/v1/objects/{id}")).Expect(200).Json.Text("state"));
    }

    [Fact]
    public async Task An_iterator_is_uploaded_in_chunks_of_its_own_size()
    {
        Answer created = await CallAsync("POST", "/v1/objects", """{"content_type":"binary","name":"chunks"}""");

        await using RawHttp raw = await RawHttp.ConnectAsync(server.Process);
        await raw.SendAsync(
            $"PUT {new Uri(created.Json.Text("upload_url")!).PathAndQuery} HTTP/1.1\r\nHost: 127.0.0.1:{server.Process.Port}\r\nAccept: */*\r\n"
            + "Accept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\nUser-Agent: python-httpx/0.28.1\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (string chunk in new[] { "5\r\nfirst\r\n", "1\r\n,\r\n", "7\r\n second\r\n", "0\r\n\r\n" })
        {
            await raw.SendAsync(chunk);
            await Task.Delay(20);
        }

        (await raw.AnswerAsync()).Expect(200);
        (await CallAsync("POST", $"/v1/objects/{created.Json.Text("id")}/complete", "")).Expect(200);
        Assert.Equal("first, second", (await _api.DownloadAsync(created.Json.Text("id")!)).Text);
    }

    [Theory]
    [InlineData("""{"content_type":"unspecified","name":"name"}""")]
    [InlineData("""{"content_type":"unspecified","name":"name","metadata":{"foo":"string"},"ttl_ms":0}""")]
    [InlineData("""{"content_type":"tgz","name":"dir.tar.gz","metadata":null,"ttl_ms":7000}""")]
    public async Task Every_form_of_create_is_accepted(string body) => (await CallAsync("POST", "/v1/objects", body)).Expect(200);

    private async Task PutAsync(string url, byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        Assert.Null(content.Headers.ContentType);
        (await _api.SendAsync("PUT", url, content, [("Accept", "*/*"), ("User-Agent", "python-httpx/0.28.1")])).Expect(200);
    }

    private Task<Answer> CallAsync(string method, string path, string? body = null, string? requestId = null, int retry = 0)
    {
        List<(string, string)> headers =
        [
            ("Accept", "application/json"), ("User-Agent", "Runloop/Python 1.29.0"), ("Accept-Encoding", "gzip, deflate"),
            ("x-stainless-lang", "python"), ("x-stainless-package-version", "1.29.0"), ("x-stainless-os", "Linux"), ("x-stainless-arch", "x64"),
            ("x-stainless-runtime", "CPython"), ("x-stainless-runtime-version", "3.12.3"), ("x-stainless-async", "false"),
            ("x-stainless-retry-count", $"{retry}"), ("x-stainless-read-timeout", "30.0"),
        ];
        ByteArrayContent? content = null;
        if (method != "GET")
        {
            headers.Add(("x-request-id", requestId ?? $"stainless-python-retry-{Guid.NewGuid()}"));
            content = new ByteArrayContent(Encoding.UTF8.GetBytes(body ?? ""));
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        return _api.SendAsync(method, path, content, [.. headers]);
    }
}
