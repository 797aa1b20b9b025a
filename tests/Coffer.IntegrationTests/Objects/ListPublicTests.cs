using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>Names are made unique, since public objects of all tests share one list.</summary>
public sealed class ListPublicTests(SharedServer server) : IAsyncLifetime
{
    private readonly string _name = $"public-{Guid.NewGuid():N}";
    private Api _owner = server.Api;
    private Api _other = server.Api;

    public async ValueTask InitializeAsync() => (_owner, _other) = (await server.Accounts.NewAsync(), await server.Accounts.NewAsync());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("list_public"), InlineData("public")]
    public async Task Both_names_list_public_READ_ONLY_objects_of_every_account_and_nothing_else(string word)
    {
        string own = await _other.StoreAsync(name: _name, isPublic: true);
        string theirs = await _owner.StoreAsync(name: _name, isPublic: true);
        await _owner.StoreAsync(name: _name);
        await _owner.CreateAsync(new { name = _name, content_type = "text", is_public = true });
        (await _owner.RemoveAsync(await _owner.StoreAsync(name: _name, isPublic: true))).Expect(200);

        JsonElement page = (await _other.GetAsync($"/v1/objects/{word}?name={_name}")).Expect(200).Json;

        Assert.Equal([theirs, own], page.Ids());
        Assert.Equal(2, page.Number("total_count"));
        Assert.All(page.Items("objects"), item => Assert.NotNull(item.Text("public_url")));
    }

    [Theory]
    [InlineData("UPLOADING"), InlineData("DELETED"), InlineData("ERROR")]
    public async Task No_state_filter_shows_more_than_what_is_public(string state)
    {
        await _owner.CreateAsync(new { name = _name, content_type = "text", is_public = true });
        (await _owner.RemoveAsync(await _owner.StoreAsync(name: _name, isPublic: true))).Expect(200);

        JsonElement page = (await _owner.GetAsync($"/v1/objects/list_public?name={_name}&state={state}")).Expect(200).Json;

        Assert.Empty(page.Ids());
        Assert.Equal(0, page.Number("total_count"));
    }

    [Fact]
    public async Task Filters_hold_here_too()
    {
        string csv = await _owner.StoreAsync(name: _name + " A", contentType: "text/csv", isPublic: true);
        string png = await _owner.StoreAsync(name: _name + " B", contentType: "image/png", isPublic: true);

        await ShowsAsync($"search={_name}&content_type=text", csv);
        await ShowsAsync($"search={png}", png);
        await ShowsAsync($"name={_name}&content_type=image/png&state=READ_ONLY", png);
        await ShowsAsync($"name={_name}&include_total_count=false", png, csv);
    }

    [Fact]
    public async Task Unpublished_and_expired_objects_leave_the_list_at_once()
    {
        string unpublished = await _owner.StoreAsync(name: _name, isPublic: true);
        string expired = await _owner.StoreAsync([1], new { name = _name, content_type = "text", is_public = true, ttl_ms = 1500 });
        await ShowsAsync($"name={_name}", expired, unpublished);

        (await _owner.PatchAsync($"/v1/objects/{unpublished}", new { is_public = false })).Expect(200);
        await ShowsAsync($"name={_name}", expired);

        await Task.Delay(1700);
        await ShowsAsync($"name={_name}");
    }

    [Fact]
    public async Task A_key_is_needed() => (await _owner.WithKey(null).GetAsync("/v1/objects/list_public")).ExpectError(401, "not_authenticated");

    private async Task ShowsAsync(string query, params string[] expected) =>
        Assert.Equal(expected, (await _other.GetAsync($"/v1/objects/list_public?{query}")).Expect(200).Json.Ids());
}
