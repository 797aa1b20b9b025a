using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

public sealed class PagingTests(SharedServer server) : IAsyncLifetime
{
    private Api _api = server.Api;
    private string[] _ids = [];

    /// <summary>Eleven objects, newest first, as the lists show them.</summary>
    public async ValueTask InitializeAsync()
    {
        _api = await server.Accounts.NewAsync();
        var ids = new List<string>();
        for (int i = 0; i < 11; i++)
        {
            ids.Insert(0, await _api.StoreAsync(name: $"page-{i}", isPublic: true));
        }

        _ids = [.. ids];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(1), InlineData(3), InlineData(5), InlineData(10), InlineData(11), InlineData(12)]
    public async Task Pages_of_any_size_show_each_object_once_and_in_order(int limit)
    {
        var seen = new List<string>();
        JsonElement page;
        string cursor = "";
        do
        {
            page = (await _api.GetAsync($"/v1/objects?limit={limit}&starting_after={cursor}")).Expect(200).Json;
            Assert.Equal(11, page.Number("total_count"));
            seen.AddRange(page.Ids());
            cursor = seen[^1];
            Assert.Equal(seen.Count < 11, page.Flag("has_more"));
        }
        while (page.Flag("has_more"));

        Assert.Equal(_ids, seen);
    }

    [Fact]
    public async Task The_page_after_the_last_object_is_empty()
    {
        JsonElement page = (await _api.GetAsync($"/v1/objects?starting_after={_ids[^1]}")).Expect(200).Json;

        Assert.Empty(page.Ids());
        Assert.False(page.Flag("has_more"));
        Assert.Equal(11, page.Number("total_count"));
    }

    [Fact]
    public async Task Paging_goes_on_when_the_object_of_the_cursor_was_deleted()
    {
        string[] first = (await _api.GetAsync("/v1/objects?limit=4")).Json.Ids();
        (await _api.RemoveAsync(first[^1])).Expect(200);

        string[] second = (await _api.GetAsync($"/v1/objects?limit=4&starting_after={first[^1]}")).Json.Ids();
        (await _api.RemoveAsync(second[^1])).Expect(200);
        JsonElement third = (await _api.GetAsync($"/v1/objects?limit=4&starting_after={second[^1]}")).Json;

        Assert.Equal(_ids, (string[])[.. first, .. second, .. third.Ids()]);
        Assert.False(third.Flag("has_more"));
        Assert.Equal(9, third.Number("total_count"));
    }

    [Fact]
    public async Task Objects_made_meanwhile_do_not_move_the_pages()
    {
        string[] first = (await _api.GetAsync("/v1/objects?limit=4")).Json.Ids();
        await _api.StoreAsync(name: "newer");

        string[] second = (await _api.GetAsync($"/v1/objects?limit=4&starting_after={first[^1]}")).Json.Ids();

        Assert.Equal(_ids[4..8], second);
    }

    [Fact]
    public async Task A_filter_holds_on_every_page()
    {
        string[] even = [.. _ids.Where((_, place) => place % 2 == 0)];
        foreach (string id in even)
        {
            (await _api.PatchAsync($"/v1/objects/{id}", new { name = "even" })).Expect(200);
        }

        string[] first = (await _api.GetAsync("/v1/objects?name=even&limit=2")).Json.Ids();
        string[] second = (await _api.GetAsync($"/v1/objects?name=even&limit=2&starting_after={first[^1]}")).Json.Ids();
        JsonElement third = (await _api.GetAsync($"/v1/objects?name=even&limit=2&starting_after={second[^1]}")).Json;

        Assert.Equal(even, (string[])[.. first, .. second, .. third.Ids()]);
        Assert.Equal(even.Length, third.Number("total_count"));
        Assert.False(third.Flag("has_more"));
    }

    [Fact]
    public async Task Deleted_objects_have_pages_of_their_own()
    {
        foreach (string id in _ids[..5])
        {
            (await _api.RemoveAsync(id)).Expect(200);
        }

        string[] first = (await _api.GetAsync("/v1/objects?state=DELETED&limit=3")).Json.Ids();
        JsonElement second = (await _api.GetAsync($"/v1/objects?state=DELETED&limit=3&starting_after={first[^1]}")).Json;

        Assert.Equal(_ids[..5], (string[])[.. first, .. second.Ids()]);
        Assert.Equal(5, second.Number("total_count"));
    }

    [Theory]
    [InlineData("obj_00000000000000000000000000"), InlineData("nonsense"), InlineData("obj_"), InlineData("%F0%9F%8E%89")]
    public async Task An_unknown_cursor_leads_to_an_empty_page(string cursor)
    {
        foreach (string list in new[] { "/v1/objects", "/v1/objects/list_public" })
        {
            JsonElement page = (await _api.GetAsync($"{list}?starting_after={cursor}")).Expect(200).Json;

            Assert.Empty(page.Ids());
            Assert.False(page.Flag("has_more"));
            Assert.InRange(page.Number("total_count")!.Value, 11, long.MaxValue); // others publish too
        }

        Assert.Equal(11, (await _api.GetAsync($"/v1/objects?starting_after={cursor}")).Json.Number("total_count"));
        Assert.Equal(2, (await _api.GetAsync($"/v1/objects?starting_after={cursor}&name=page-1")).Json.Number("total_count"));
        Assert.Null((await _api.GetAsync($"/v1/objects?starting_after={cursor}&include_total_count=false")).Json.Number("total_count"));
    }

    [Theory]
    [InlineData("limit=abc"), InlineData("state=gone"), InlineData("content_type=nonsense"), InlineData("include_total_count=maybe")]
    public async Task An_unknown_cursor_excuses_no_other_parameter(string other)
    {
        (await _api.GetAsync($"/v1/objects?starting_after=zzz&{other}")).ExpectError(400, "invalid_argument");
        (await _api.GetAsync($"/v1/objects/list_public?starting_after=zzz&{other}")).ExpectError(400, "invalid_argument");
    }

    [Fact]
    public async Task An_id_that_was_never_given_out_is_no_cursor_even_between_two_that_were()
    {
        string between = _ids[5][..^1] + (_ids[5][^1] == '0' ? '1' : '0');

        JsonElement page = (await _api.GetAsync($"/v1/objects?starting_after={between}")).Expect(200).Json;

        Assert.Empty(page.Ids());
        Assert.False(page.Flag("has_more"));
    }

    [Fact]
    public async Task Public_pages_follow_each_other_too()
    {
        // Other tests publish objects on the same server: their own must be in order, without gaps and twins.
        var seen = new List<string>();
        JsonElement page;
        string cursor = "";
        do
        {
            page = (await _api.GetAsync($"/v1/objects/public?limit=3&name=page-&starting_after={cursor}")).Expect(200).Json;
            seen.AddRange(page.Ids());
            cursor = seen[^1];
        }
        while (page.Flag("has_more"));

        Assert.Equal(_ids, seen.Where(_ids.Contains));
    }

    [Fact]
    public async Task A_page_of_5000_and_more_objects_holds_5000()
    {
        Api own = await server.Accounts.NewAsync();
        await Parallel.ForAsync(0, 5003, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await own.CreateAsync($"n{i}"));

        JsonElement page = (await own.GetAsync("/v1/objects?limit=100000")).Expect(200).Json;

        Assert.Equal(5000, page.Ids().Distinct().Count());
        Assert.True(page.Flag("has_more"));
        Assert.Equal(5003, page.Number("total_count"));
        Assert.Equal(3, (await own.GetAsync($"/v1/objects?limit=5000&starting_after={page.Ids()[^1]}")).Json.Ids().Length);
    }
}
