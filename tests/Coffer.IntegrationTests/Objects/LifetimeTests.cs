using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

public sealed class LifetimeTests(SharedServer server) : IAsyncLifetime
{
    private Api _api = server.Api;

    public async ValueTask InitializeAsync() => _api = await server.Accounts.NewAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(Bytes.Inline), InlineData(Bytes.OneFile)]
    public async Task An_expired_object_is_gone_at_once_on_every_access(int size)
    {
        CreatedObject created = await _api.CreateAsync(new { name = "a", content_type = "binary", ttl_ms = 2000, is_public = true });
        (await _api.UploadAsync(created.UploadUrl, Bytes.Random(size))).Expect(200);
        (await _api.CompleteAsync(created.Id)).Expect(200);
        string url = await _api.DownloadUrlAsync(created.Id);
        (await _api.GetAsync(url)).Expect(200);

        await Task.Delay(2200);

        JsonElement view = (await _api.RetrieveAsync(created.Id)).Expect(200).Json;
        Assert.Equal("DELETED", view.Text("state"));
        Assert.True(view.IsNullOrAbsent("public_url"));
        (await _api.GetAsync(url)).ExpectError(410, "object_gone");
        (await _api.GetAsync($"/v1/objects/{created.Id}/download")).ExpectError(410, "object_gone");
        (await _api.UploadAsync(created.UploadUrl, "late")).ExpectError(410, "object_gone");
        (await _api.CompleteAsync(created.Id)).ExpectLastingConflict();
        (await _api.PatchAsync($"/v1/objects/{created.Id}", new { ttl_ms = 0 })).ExpectError(410, "object_gone");
        Assert.Equal("DELETED", (await _api.RemoveAsync(created.Id)).Expect(200).Json.Text("state"));
    }

    [Fact]
    public async Task An_expired_object_leaves_the_list_and_its_total_and_shows_among_the_deleted()
    {
        string kept = await _api.StoreAsync(name: "kept");
        string expired = await _api.StoreAsync([1], new { name = "expires", content_type = "text", ttl_ms = 1000 });

        await Task.Delay(1200);

        JsonElement page = (await _api.GetAsync("/v1/objects")).Json;
        Assert.Equal([kept], page.Ids());
        Assert.Equal(1, page.Number("total_count"));
        JsonElement deleted = (await _api.GetAsync("/v1/objects?state=DELETED")).Json;
        Assert.Equal([expired], deleted.Ids());
        Assert.Equal(1, deleted.Number("total_count"));
        Assert.Empty((await _api.GetAsync("/v1/objects?state=READ_ONLY&name=expires")).Json.Ids());
    }

    [Fact]
    public async Task A_lifetime_given_later_ends_the_object_and_one_taken_away_keeps_it()
    {
        string ends = await _api.StoreAsync();
        string stays = await _api.StoreAsync([1], new { name = "a", content_type = "text", ttl_ms = 1500 });

        (await _api.PatchAsync($"/v1/objects/{ends}", new { ttl_ms = 1000 })).Expect(200);
        (await _api.PatchAsync($"/v1/objects/{stays}", new { ttl_ms = 0 })).Expect(200);
        await Task.Delay(1800);

        Assert.Equal("DELETED", (await _api.RetrieveAsync(ends)).Json.Text("state"));
        Assert.Equal("READ_ONLY", (await _api.RetrieveAsync(stays)).Json.Text("state"));
    }

    [Fact]
    public async Task The_operator_can_have_expired_objects_removed_now()
    {
        await using CofferProcess own = await CofferProcess.StartAsync();
        await own.Api.StoreAsync([1], new { name = "a", content_type = "text", ttl_ms = 500 });
        await Task.Delay(700);

        JsonElement first = (await own.Operator.PostAsync("/admin/v1/reap", new { confirm = true })).Expect(200).Json;
        JsonElement second = (await own.Operator.PostAsync("/admin/v1/reap", "")).Expect(200).Json;

        Assert.Equal(1, first.Number("removed"));
        Assert.Equal(0, second.Number("removed"));
        Assert.False(second.Flag("holding"));
    }
}
