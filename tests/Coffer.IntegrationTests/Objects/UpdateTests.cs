using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

public sealed class UpdateTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Each_member_can_be_changed_alone_in_UPLOADING_and_READ_ONLY(bool completed)
    {
        CreatedObject created = await _api.CreateAsync(new { name = "old", content_type = "text", metadata = new { k = "v" } });
        if (completed)
        {
            (await _api.UploadAsync(created.UploadUrl, "bytes")).Expect(200);
            (await _api.CompleteAsync(created.Id)).Expect(200);
        }

        string path = $"/v1/objects/{created.Id}";
        Assert.Equal("new", (await _api.PatchAsync(path, new { name = "new" })).Expect(200).Json.Text("name"));
        Assert.True((await _api.PatchAsync(path, new { is_public = true })).Expect(200).Json.Flag("is_public"));
        Assert.Equal("w", (await _api.PatchAsync(path, new { metadata = new { l = "w" } })).Expect(200).Json.GetProperty("metadata").Text("l"));

        JsonElement view = (await _api.RetrieveAsync(created.Id)).Json;
        Assert.Equal("new", view.Text("name"));
        Assert.True(view.Flag("is_public"));
        Assert.True(view.GetProperty("metadata").IsNullOrAbsent("k"));
        Assert.Equal(completed ? "READ_ONLY" : "UPLOADING", view.Text("state"));
        Assert.Equal(completed, !view.IsNullOrAbsent("public_url"));
    }

    [Fact]
    public async Task A_lifetime_set_later_counts_from_then()
    {
        CreatedObject created = await _api.CreateAsync();
        await Task.Delay(50);
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        JsonElement view = (await _api.PatchAsync($"/v1/objects/{created.Id}", new { ttl_ms = 3_600_000 })).Expect(200).Json;

        Assert.InRange(view.Number("delete_after_time_ms")!.Value, before + 3_600_000, before + 3_660_000);
    }

    [Theory]
    [InlineData("0"), InlineData("null")]
    public async Task A_lifetime_of_0_or_null_takes_the_end_away(string none)
    {
        CreatedObject created = await _api.CreateAsync(new { name = "a", content_type = "text", ttl_ms = 60_000 });

        Answer answer = await _api.SendAsync("PATCH", $"/v1/objects/{created.Id}", new StringContent($$"""{"ttl_ms":{{none}}}"""));

        Assert.True(answer.Expect(200).Json.IsNullOrAbsent("delete_after_time_ms"));
    }

    [Fact]
    public async Task Metadata_of_null_is_taken_away_and_an_empty_change_changes_nothing()
    {
        CreatedObject created = await _api.CreateAsync(new { name = "a", content_type = "text", metadata = new { k = "v" }, ttl_ms = 60_000 });
        string path = $"/v1/objects/{created.Id}";

        JsonElement unchanged = (await _api.PatchAsync(path, new { })).Expect(200).Json;
        Assert.Equal("v", unchanged.GetProperty("metadata").Text("k"));
        Assert.Equal(created.View.Number("delete_after_time_ms"), unchanged.Number("delete_after_time_ms"));

        Assert.True((await _api.PatchAsync(path, new { metadata = (string?)null })).Expect(200).Json.IsNullOrAbsent("metadata"));
    }

    [Theory]
    [InlineData("""{"name":""}"""), InlineData("""{"name":"a\u0000"}"""), InlineData("""{"name":7}"""), InlineData("""{"ttl_ms":-1}""")]
    [InlineData("""{"ttl_ms":"soon"}"""), InlineData("""{"ttl_ms":315360000001}"""), InlineData("""{"is_public":"yes"}""")]
    [InlineData("""{"metadata":{"a":{}}}"""), InlineData("""{"metadata":[]}"""), InlineData("[]"), InlineData("{"), InlineData("7")]
    public async Task A_change_that_breaks_a_rule_is_refused_as_a_whole(string change)
    {
        CreatedObject created = await _api.CreateAsync("kept");

        (await _api.SendAsync("PATCH", $"/v1/objects/{created.Id}", new StringContent(change))).ExpectError(400, "invalid_argument");

        Assert.Equal("kept", (await _api.RetrieveAsync(created.Id)).Json.Text("name"));
    }

    [Fact]
    public async Task A_new_name_shows_in_the_list_and_in_the_download()
    {
        Api own = await server.Accounts.NewAsync();
        string id = await own.StoreAsync(name: "before.txt");

        (await own.PatchAsync($"/v1/objects/{id}", new { name = "after.txt" })).Expect(200);

        Assert.Equal([id], (await own.GetAsync("/v1/objects?name=AFTER")).Json.Ids());
        Assert.Empty((await own.GetAsync("/v1/objects?name=before")).Json.Ids());
        Assert.Contains("after.txt", (await own.DownloadAsync(id)).Header("Content-Disposition"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_object_cannot_be_changed()
    {
        string id = await _api.StoreAsync();
        (await _api.RemoveAsync(id)).Expect(200);

        (await _api.PatchAsync($"/v1/objects/{id}", new { name = "b" })).ExpectError(410, "object_gone");
    }
}
