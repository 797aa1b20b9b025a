using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>What other accounts, and people without a key, see of an object.</summary>
public sealed class VisibilityTests(SharedServer server) : IAsyncLifetime
{
    private Api _owner = server.Api;
    private Api _other = server.Api;

    public async ValueTask InitializeAsync() => (_owner, _other) = (await server.Accounts.NewAsync(), await server.Accounts.NewAsync());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_private_object_is_not_found_by_others_on_every_operation()
    {
        string id = await _owner.StoreAsync();

        await HiddenFromOthersAsync(id);

        Assert.Equal("READ_ONLY", (await _owner.RetrieveAsync(id)).Expect(200).Json.Text("state"));
    }

    [Theory]
    [InlineData(Bytes.Inline), InlineData(Bytes.OneFile)]
    public async Task A_public_READ_ONLY_object_can_be_read_by_others_and_without_a_key(int size)
    {
        byte[] bytes = Bytes.Random(size);
        string id = await _owner.StoreAsync(bytes, new { name = "a.bin", content_type = "binary", is_public = true });

        JsonElement view = (await _other.RetrieveAsync(id)).Expect(200).Json;
        Assert.Equal("READ_ONLY", view.Text("state"));
        Assert.True(view.Flag("is_public"));
        Assert.Equal(bytes, (await _other.DownloadAsync(id)).Expect(200).Body);

        Answer open = (await _other.WithKey(null).GetAsync(view.Text("public_url")!)).Expect(200);
        Assert.Equal(bytes, open.Body);
        Assert.StartsWith("attachment", open.Header("Content-Disposition"), StringComparison.Ordinal);
        Assert.Equal("nosniff", open.Header("X-Content-Type-Options"));
        Assert.Equal(bytes[10..20], (await _other.GetAsync(view.Text("public_url")!, ("Range", "bytes=10-19"))).Expect(206).Body);
        Assert.Equal($"{size}", (await _other.SendAsync("HEAD", view.Text("public_url")!)).Expect(200).Header("Content-Length"));
    }

    [Fact]
    public async Task A_public_object_can_be_seen_but_not_changed_by_others()
    {
        string id = await _owner.StoreAsync("mine", isPublic: true);

        (await _other.RemoveAsync(id)).ExpectError(403, "access_denied");
        (await _other.DeleteAsync($"/v1/objects/{id}")).ExpectError(403, "access_denied");
        (await _other.CompleteAsync(id)).ExpectError(403, "access_denied");
        (await _other.PatchAsync($"/v1/objects/{id}", new { name = "theirs" })).ExpectError(403, "access_denied");

        Assert.Equal("mine", (await _owner.DownloadAsync(id)).Text);
        Assert.Equal("name", (await _owner.RetrieveAsync(id)).Json.Text("name"));
    }

    [Fact]
    public async Task A_public_object_that_is_UPLOADING_or_DELETED_is_not_found_by_others()
    {
        CreatedObject uploading = await _owner.CreateAsync(new { name = "a", content_type = "text", is_public = true });
        (await _owner.UploadAsync(uploading.UploadUrl, "bytes")).Expect(200);
        await HiddenFromOthersAsync(uploading.Id);

        (await _owner.CompleteAsync(uploading.Id)).Expect(200);
        (await _other.RetrieveAsync(uploading.Id)).Expect(200);

        (await _owner.RemoveAsync(uploading.Id)).Expect(200);
        await HiddenFromOthersAsync(uploading.Id);
        Assert.Equal("DELETED", (await _owner.RetrieveAsync(uploading.Id)).Expect(200).Json.Text("state"));
    }

    [Fact]
    public async Task Unpublishing_takes_effect_at_once_on_links_made_before_too()
    {
        string id = await _owner.StoreAsync("bytes", isPublic: true);
        string theirLink = await _other.DownloadUrlAsync(id);
        string ownLink = await _owner.DownloadUrlAsync(id);
        string publicUrl = (await _owner.RetrieveAsync(id)).Json.Text("public_url")!;
        (await _other.GetAsync(theirLink)).Expect(200);

        (await _owner.PatchAsync($"/v1/objects/{id}", new { is_public = false })).Expect(200);

        (await _other.GetAsync(theirLink)).ExpectError(404, "object_not_found");
        (await _other.GetAsync(publicUrl)).ExpectError(404, "object_not_found");
        await HiddenFromOthersAsync(id);
        (await _owner.GetAsync(ownLink)).Expect(200); // the owner's own link is a right of its own

        (await _owner.PatchAsync($"/v1/objects/{id}", new { is_public = true })).Expect(200);
        (await _other.GetAsync(theirLink)).Expect(200);
    }

    [Fact]
    public async Task A_public_object_that_expires_is_gone_at_once_for_others()
    {
        string id = await _owner.StoreAsync([1, 2], new { name = "a", content_type = "text", is_public = true, ttl_ms = 1500 });
        string publicUrl = (await _owner.RetrieveAsync(id)).Json.Text("public_url")!;
        string theirLink = await _other.DownloadUrlAsync(id);

        await Task.Delay(1700);

        (await _other.GetAsync(theirLink)).Expect(404);
        (await _other.GetAsync(publicUrl)).Expect(404);
        await HiddenFromOthersAsync(id);
    }

    [Fact]
    public async Task Two_keys_of_one_account_share_its_objects()
    {
        string account = await server.Accounts.NewNameAsync();
        Api first = await server.Accounts.KeyAsync(account);
        Api second = await server.Accounts.KeyAsync(account);

        string id = await first.StoreAsync("shared");

        Assert.Equal("shared", (await second.DownloadAsync(id)).Text);
        (await second.RemoveAsync(id)).Expect(200);
        Assert.Equal("DELETED", (await first.RetrieveAsync(id)).Json.Text("state"));
    }

    private async Task HiddenFromOthersAsync(string id)
    {
        (await _other.RetrieveAsync(id)).ExpectError(404, "object_not_found");
        (await _other.GetAsync($"/v1/objects/{id}/download")).ExpectError(404, "object_not_found");
        (await _other.CompleteAsync(id)).ExpectError(404, "object_not_found");
        (await _other.RemoveAsync(id)).ExpectError(404, "object_not_found");
        (await _other.DeleteAsync($"/v1/objects/{id}")).ExpectError(404, "object_not_found");
        (await _other.PatchAsync($"/v1/objects/{id}", new { name = "b" })).ExpectError(404, "object_not_found");
        (await _other.WithKey(null).GetAsync($"/v1/objects/{id}/content")).ExpectError(404, "object_not_found");
        Assert.Empty((await _other.GetAsync($"/v1/objects?search={id}")).Json.Ids());
        Assert.Empty((await _other.GetAsync($"/v1/objects/list_public?search={id}")).Json.Ids());
    }
}
