using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Http;

namespace Coffer.IntegrationTests.Objects;

/// <summary>Objects that were made while the clock told nonsense stay readable.</summary>
public sealed class AbsurdClockTests
{
    [Theory]
    [InlineData("1963-01-01T00:00:00Z"), InlineData("9999-12-30T00:00:00Z")]
    public async Task Lists_show_what_was_made_then(string now)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("coffer-test-");
        var options = new CofferOptions
        {
            Data = folder.FullName, Urls = [BindingAddress.Parse("http://127.0.0.1:0")], LogStream = Stream.Null, ApiKey = Canary.ApiKey,
        };
        await using (var server = await Coffer.Server.RunningServer.StartAsync(options, new StoppedClock(DateTimeOffset.Parse(now, null)), CancellationToken.None))
        using (var http = new HttpClient(new DescribedAnswers(new SocketsHttpHandler { UseProxy = false })) { BaseAddress = new Uri(server.Url) })
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Canary.ApiKey);
            string id = (await PostAsync(http, "/v1/objects", """{"name":"a","content_type":"text"}""")).Text("id")!;
            await PostAsync(http, "/storage/v1/bucket", """{"name":"b"}""");
            using HttpResponseMessage stored = await http.PostAsync("/storage/v1/object/b/k", new StringContent("kept"));
            Assert.Equal(HttpStatusCode.OK, stored.StatusCode);

            JsonElement[] listed = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync("/v1/objects?state=UPLOADING")).Items("objects");
            Assert.Equal(id, Assert.Single(listed).Text("id"));
            Assert.Equal("kept", await http.GetStringAsync("/storage/v1/object/b/k"));
            Assert.Contains("\"created_at\"", await http.GetStringAsync("/storage/v1/object/info/b/k"), StringComparison.Ordinal);
            await PostAsync(http, "/storage/v1/object/list/b", """{"prefix":""}""");
        }

        folder.Delete(recursive: true);
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, string json)
    {
        using HttpResponseMessage answer = await http.PostAsync(path, new StringContent(json, MediaTypeHeaderValue.Parse("application/json")));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsByteArrayAsync());
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
