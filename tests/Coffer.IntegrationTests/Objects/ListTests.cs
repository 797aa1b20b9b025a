using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>Filters, limits and totals; each test in an account of its own.</summary>
public sealed class ListTests(SharedServer server) : IAsyncLifetime
{
    private Api _api = server.Api;

    public async ValueTask InitializeAsync() => _api = await server.Accounts.NewAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_account_without_objects_has_an_empty_page()
    {
        JsonElement page = (await _api.GetAsync("/v1/objects")).Expect(200).Json;

        Assert.Empty(page.Ids());
        Assert.False(page.Flag("has_more"));
        Assert.Equal(0, page.Number("total_count"));
    }

    [Fact]
    public async Task Newest_come_first_and_items_carry_no_upload_url()
    {
        string[] made = await MakeAsync("a", "b", "c");

        JsonElement page = (await _api.GetAsync("/v1/objects")).Expect(200).Json;

        Assert.Equal(made.Reverse(), page.Ids());
        Assert.All(page.Items("objects"), item => Assert.True(item.IsNullOrAbsent("upload_url")));
        long[] times = [.. page.Items("objects").Select(item => item.Number("create_time_ms")!.Value)];
        Assert.Equal(times.OrderDescending(), times);
    }

    [Theory]
    [InlineData("", 20), InlineData("limit=", 20), InlineData("limit=0", 20), InlineData("limit=-5", 20), InlineData("limit=-99999999999999999999", 20)]
    [InlineData("limit=3", 3), InlineData("limit=25", 25), InlineData("limit=5001", 25), InlineData("limit=99999999999999999999", 25)]
    [InlineData("limit=99999999999999999999999999999999999999", 25), InlineData("limit=-99999999999999999999999999999999999999", 20)]
    public async Task The_limit_is_20_unless_given_and_5000_at_most(string query, int expected)
    {
        await MakeAsync([.. Enumerable.Range(0, 25).Select(i => $"n{i}")]);

        JsonElement page = (await _api.GetAsync($"/v1/objects?{query}")).Expect(200).Json;

        Assert.Equal(expected, page.Ids().Length);
        Assert.Equal(expected < 25, page.Flag("has_more"));
        Assert.Equal(25, page.Number("total_count"));
    }

    [Theory]
    [InlineData("limit=many", "limit"), InlineData("limit=1.5", "limit"), InlineData("limit=0x10", "limit"), InlineData("limit=1e2", "limit")]
    [InlineData("state=deleted", "state"), InlineData("state=GONE", "state"), InlineData("content_type=word", "content_type")]
    [InlineData("include_total_count=maybe", "include_total_count")]
    public async Task A_parameter_that_breaks_a_rule_is_named(string query, string named)
    {
        foreach (string list in new[] { "/v1/objects", "/v1/objects/list_public", "/v1/objects/public" })
        {
            Answer answer = (await _api.GetAsync($"{list}?{query}")).ExpectError(400, "invalid_argument");
            Assert.Contains(named, answer.Json.Text("message"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("name=report", new[] { "Report-1.csv", "q3 REPORT" })]
    [InlineData("name=REPORT-1", new[] { "Report-1.csv" })]
    [InlineData("name=100%25", new[] { "100% sure_thing" })]
    [InlineData("name=_", new[] { "100% sure_thing" })]
    [InlineData("name=%25_", new string[0])]
    [InlineData("name=a*", new string[0])]
    [InlineData("name=%C3%9Cb", new[] { "Übung" })]
    [InlineData("name=nothing", new string[0])]
    [InlineData("search=report", new[] { "Report-1.csv", "q3 REPORT" })]
    [InlineData("search=%25", new[] { "100% sure_thing" })]
    [InlineData("name=&search=", new[] { "Report-1.csv", "q3 REPORT", "100% sure_thing", "Übung" })]
    [InlineData("name=report&search=q3", new[] { "q3 REPORT" })]
    public async Task Name_and_search_find_parts_of_names_whatever_their_letter_case(string query, string[] expected)
    {
        await MakeAsync("Report-1.csv", "q3 REPORT", "100% sure_thing", "Übung");

        JsonElement page = (await _api.GetAsync($"/v1/objects?{query}")).Expect(200).Json;

        Assert.Equal(expected.Reverse(), page.Items("objects").Select(item => item.Text("name")));
        Assert.Equal(expected.Length, page.Number("total_count"));
    }

    [Fact]
    public async Task Search_finds_an_id_and_the_beginning_of_one()
    {
        string[] made = await MakeAsync("a", "b", "c");

        Assert.Equal([made[1]], (await _api.GetAsync($"/v1/objects?search={made[1]}")).Json.Ids());
        Assert.Equal([made[1]], (await _api.GetAsync($"/v1/objects?search={made[1][..^2]}")).Json.Ids());
        Assert.Equal(made.Reverse(), (await _api.GetAsync($"/v1/objects?search={made[1][..10]}")).Json.Ids());
        Assert.Empty((await _api.GetAsync($"/v1/objects?search={made[1][8..]}")).Json.Ids());
    }

    [Fact]
    public async Task A_class_finds_its_objects_and_a_media_type_those_made_with_it()
    {
        string csv = (await _api.CreateAsync("a", "text/csv; header=present")).Id;
        string json = (await _api.CreateAsync("b", "application/json")).Id;
        string text = (await _api.CreateAsync("c", "text")).Id;
        string png = (await _api.CreateAsync("d", "image/png")).Id;

        Assert.Equal([text, json, csv], (await _api.GetAsync("/v1/objects?content_type=text")).Json.Ids());
        Assert.Equal([png], (await _api.GetAsync("/v1/objects?content_type=binary")).Json.Ids());
        Assert.Equal([csv], (await _api.GetAsync("/v1/objects?content_type=text/csv")).Json.Ids());
        Assert.Equal([csv], (await _api.GetAsync("/v1/objects?content_type=TEXT/CSV")).Json.Ids());
        Assert.Empty((await _api.GetAsync("/v1/objects?content_type=tgz")).Json.Ids());
        Assert.Equal(4, (await _api.GetAsync("/v1/objects?content_type=")).Json.Ids().Length);
    }

    [Fact]
    public async Task A_state_finds_exactly_its_objects_and_none_leaves_the_deleted_out()
    {
        string uploading = (await _api.CreateAsync("a")).Id;
        string readOnly = await _api.StoreAsync(name: "b");
        string deleted = await _api.StoreAsync(name: "c");
        (await _api.RemoveAsync(deleted)).Expect(200);

        await ShowsAsync("", readOnly, uploading);
        await ShowsAsync("state=", readOnly, uploading);
        await ShowsAsync("state=UPLOADING", uploading);
        await ShowsAsync("state=READ_ONLY", readOnly);
        await ShowsAsync("state=DELETED", deleted);
        await ShowsAsync("state=ERROR");
    }

    [Fact]
    public async Task Filters_combine_with_AND()
    {
        string wanted = await _api.StoreAsync(name: "report.csv", contentType: "text/csv");
        await _api.StoreAsync(name: "report.png", contentType: "image/png");
        await _api.StoreAsync(name: "other.csv", contentType: "text/csv");
        await _api.CreateAsync("report2.csv", "text/csv");

        await ShowsAsync("name=report&content_type=text&state=READ_ONLY", wanted);
        await ShowsAsync($"search={wanted}&content_type=binary");
    }

    [Theory]
    [InlineData("true", true), InlineData("True", true), InlineData("", true), InlineData("false", false), InlineData("False", false)]
    public async Task The_total_is_counted_unless_it_is_declined(string include, bool counted)
    {
        await MakeAsync("a", "b");

        JsonElement page = (await _api.GetAsync($"/v1/objects?include_total_count={include}")).Expect(200).Json;

        Assert.Equal(counted ? 2 : null, page.Number("total_count"));
    }

    [Fact]
    public async Task Unknown_parameters_are_ignored()
    {
        await MakeAsync("a");

        Assert.Single((await _api.GetAsync("/v1/objects?colour=red&limit=5&page=7")).Expect(200).Json.Ids());
    }

    [Fact]
    public async Task Other_accounts_objects_are_never_listed()
    {
        await MakeAsync("mine");
        Api other = await server.Accounts.NewAsync();
        await other.StoreAsync(name: "theirs", isPublic: true);

        Assert.Equal(["mine"], (await _api.GetAsync("/v1/objects")).Json.Items("objects").Select(item => item.Text("name")));
    }

    private async Task ShowsAsync(string query, params string[] expected)
    {
        JsonElement page = (await _api.GetAsync($"/v1/objects?{query}")).Expect(200).Json;

        Assert.Equal(expected, page.Ids());
        Assert.Equal(expected.Length, page.Number("total_count"));
    }

    private async Task<string[]> MakeAsync(params string[] names)
    {
        var ids = new List<string>();
        foreach (string name in names)
        {
            ids.Add((await _api.CreateAsync(name)).Id);
        }

        return [.. ids];
    }
}
