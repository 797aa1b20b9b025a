using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Clients;

/// <summary>The commands of the Objects guide as they are printed there; only host and OBJECT_ID are replaced, the key comes from the environment.</summary>
public sealed class CurlGuideTests(SharedServer server) : IAsyncLifetime
{
    private Api _api = server.Api;

    public async ValueTask InitializeAsync() => _api = await server.Accounts.NewAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Creating_an_object()
    {
        JsonElement view = await RunAsync("""
            curl -X POST \
              'https://api.runloop.ai/v1/objects' \
              -H "Authorization: Bearer $RUNLOOP_API_KEY" \
              -H 'Content-Type: application/json' \
              -d '{
                "name": "my-data-file.csv",
                "content_type": "text/csv",
                "is_public": false
              }'
            """);

        Assert.Equal("my-data-file.csv", view.Text("name"));
        Assert.Equal("text", view.Text("content_type"));
        Assert.Equal("text/csv", view.Text("mime_type"));
        Assert.Equal("UPLOADING", view.Text("state"));
        Assert.False(view.Flag("is_public"));
        Assert.NotNull(view.Text("upload_url"));
    }

    [Fact]
    public async Task Retrieving_an_object()
    {
        string id = await _api.StoreAsync(name: "retrieved");

        JsonElement view = await RunAsync("""
            curl -X GET \
              'https://api.runloop.ai/v1/objects/OBJECT_ID' \
              -H "Authorization: Bearer $RUNLOOP_API_KEY"
            """, id);

        Assert.Equal("retrieved", view.Text("name"));
    }

    [Fact]
    public async Task Listing_objects()
    {
        string id = await _api.StoreAsync();

        JsonElement page = await RunAsync("""
            curl -X GET \
              'https://api.runloop.ai/v1/objects?limit=20' \
              -H "Authorization: Bearer $RUNLOOP_API_KEY"
            """);

        Assert.Equal([id], page.Ids());
        Assert.Equal(1, page.Number("total_count"));
    }

    [Fact]
    public async Task Listing_public_objects()
    {
        string id = await _api.StoreAsync(isPublic: true);

        JsonElement page = await RunAsync("""
            curl -X GET \
              'https://api.runloop.ai/v1/objects/public?limit=20' \
              -H "Authorization: Bearer $RUNLOOP_API_KEY"
            """);

        Assert.NotEmpty(page.Ids());
        Assert.All(page.Items("objects"), item => Assert.True(item.Flag("is_public")));
        Assert.Equal([id], (await _api.GetAsync($"/v1/objects/public?search={id}")).Json.Ids());
    }

    [Fact]
    public async Task Generating_a_download_url()
    {
        string id = await _api.StoreAsync("the bytes");

        JsonElement answer = await RunAsync("""
            curl -X POST \
              'https://api.runloop.ai/v1/objects/OBJECT_ID/download' \
              -H "Authorization: Bearer $RUNLOOP_API_KEY" \
              -H 'Content-Type: application/json' \
              -d '{
                "expires_in_seconds": 3600
              }'
            """, id);

        Assert.Equal(3600, answer.Number("expires_in_seconds"));
        Assert.Equal("the bytes", (await _api.GetAsync(answer.Text("download_url")!)).Expect(200).Text);
    }

    [Fact]
    public async Task Completing_an_upload()
    {
        CreatedObject created = await _api.CreateAsync();
        (await _api.UploadAsync(created.UploadUrl, "12345")).Expect(200);

        JsonElement view = await RunAsync("""
            curl -X POST \
              'https://api.runloop.ai/v1/objects/OBJECT_ID/complete' \
              -H "Authorization: Bearer $RUNLOOP_API_KEY" \
              -H 'Content-Type: application/json' \
              -d '{}'
            """, created.Id);

        Assert.Equal("READ_ONLY", view.Text("state"));
        Assert.Equal(5, view.Number("size_bytes"));
    }

    [Fact]
    public async Task Deleting_an_object()
    {
        string id = await _api.StoreAsync(name: "deleted");

        JsonElement view = await RunAsync("""
            curl -X DELETE \
              'https://api.runloop.ai/v1/objects/OBJECT_ID' \
              -H "Authorization: Bearer $RUNLOOP_API_KEY"
            """, id);

        Assert.Equal("DELETED", view.Text("state"));
        Assert.Equal("deleted", view.Text("name"));
    }

    private async Task<JsonElement> RunAsync(string command, string id = "")
    {
        string line = command
            .Replace("https://api.runloop.ai/", server.Process.BaseUrl.ToString(), StringComparison.Ordinal)
            .Replace("OBJECT_ID", id, StringComparison.Ordinal);
        return JsonSerializer.Deserialize<JsonElement>((await Curl.ShellAsync(line, ("RUNLOOP_API_KEY", _api.Token))).Output);
    }
}
