using System.Globalization;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

public sealed class DownloadUrlTests(SharedServer server) : IAsyncLifetime
{
    private readonly Api _api = server.Api;
    private string _id = "";

    public async ValueTask InitializeAsync() => _id = await _api.StoreAsync("the bytes");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_answer_says_when_the_url_ends_in_every_form()
    {
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        JsonElement answer = (await _api.GetAsync($"/v1/objects/{_id}/download")).Expect(200).Json;

        Assert.Equal(3600, answer.Number("expires_in_seconds"));
        Assert.Equal(answer.Text("download_url"), answer.Text("url"));
        Assert.InRange(answer.Number("expires_at_ms")!.Value, before + 3_590_000, before + 3_660_000);
        Assert.Equal(
            answer.Number("expires_at_ms"),
            DateTimeOffset.Parse(answer.Text("expires_at")!, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
        Assert.Equal("the bytes", (await _api.GetAsync(answer.Text("download_url")!)).Expect(200).Text);
    }

    [Theory]
    [InlineData("", 3600), InlineData("?duration_seconds=60", 60), InlineData("?expires_in_seconds=60", 60)]
    [InlineData("?duration_seconds=0", 3600), InlineData("?duration_seconds=", 3600), InlineData("?duration_seconds=604800", 604800)]
    [InlineData("?duration_seconds=604801", 604800), InlineData("?duration_seconds=99999999999999999999", 604800)]
    [InlineData("?duration_seconds=99999999999999999999999999999999999999", 604800)]
    public async Task The_duration_stands_in_the_query_under_either_name(string query, int expected)
    {
        Assert.Equal(expected, (await _api.GetAsync($"/v1/objects/{_id}/download{query}")).Expect(200).Json.Number("expires_in_seconds"));
        Assert.Equal(expected, (await _api.PostAsync($"/v1/objects/{_id}/download{query}", "{}")).Expect(200).Json.Number("expires_in_seconds"));
    }

    [Theory]
    [InlineData("", 3600), InlineData("{}", 3600), InlineData("null", 3600), InlineData("""{"expires_in_seconds":60}""", 60)]
    [InlineData("""{"duration_seconds":60}""", 60), InlineData("""{"expires_in_seconds":0}""", 3600)]
    [InlineData("""{"expires_in_seconds":null}""", 3600), InlineData("""{"expires_in_seconds":700000}""", 604800)]
    [InlineData("""{"expires_in_seconds":99999999999999999999}""", 604800)]
    public async Task The_duration_stands_in_the_body_under_either_name(string body, int expected) =>
        Assert.Equal(expected, (await _api.PostAsync($"/v1/objects/{_id}/download", body)).Expect(200).Json.Number("expires_in_seconds"));

    [Theory]
    [InlineData("-1"), InlineData("soon"), InlineData("1.5"), InlineData("-99999999999999999999"), InlineData("1e3")]
    [InlineData("-99999999999999999999999999999999999999"), InlineData("99999999999999999999x"), InlineData("-"), InlineData("--1")]
    public async Task A_duration_that_is_negative_or_no_whole_number_is_refused(string duration)
    {
        (await _api.GetAsync($"/v1/objects/{_id}/download?duration_seconds={duration}")).ExpectError(400, "invalid_argument");
        (await _api.GetAsync($"/v1/objects/{_id}/download?expires_in_seconds={duration}")).ExpectError(400, "invalid_argument");
        (await _api.PostAsync($"/v1/objects/{_id}/download", $$"""{"expires_in_seconds":"{{duration}}"}""")).ExpectError(400, "invalid_argument");
    }

    [Theory]
    [InlineData("-1"), InlineData("1.5"), InlineData("true"), InlineData("{}"), InlineData("[]"), InlineData("-99999999999999999999")]
    public async Task A_wrong_duration_in_the_body_is_refused(string duration) =>
        (await _api.PostAsync($"/v1/objects/{_id}/download", $$"""{"expires_in_seconds":{{duration}}}""")).ExpectError(400, "invalid_argument");

    [Fact]
    public async Task The_url_needs_no_key_and_does_not_mind_one()
    {
        string url = await _api.DownloadUrlAsync(_id);

        (await _api.GetAsync(url)).Expect(200);
        (await _api.GetAsync(url, ("Authorization", "Bearer wrong"))).Expect(200);
    }

    [Fact]
    public async Task The_url_is_built_from_the_host_that_was_called()
    {
        Answer answer = await _api.GetAsync($"/v1/objects/{_id}/download", ("Host", "files.example:8080"));

        Assert.StartsWith("http://files.example:8080/v1/", answer.Json.Text("download_url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forwarded_host_of_a_stranger_is_not_believed()
    {
        Answer answer = await _api.GetAsync(
            $"/v1/objects/{_id}/download", ("X-Forwarded-Host", "evil.example"), ("Forwarded", "host=evil.example;proto=https"), ("X-Forwarded-Proto", "https"));

        Assert.StartsWith(_api.Server.BaseUrl.ToString(), answer.Json.Text("download_url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_url_works_over_HTTP_2_as_well()
    {
        Answer answer = await _api.SendAsync("GET", await _api.DownloadUrlAsync(_id), version: new Version(2, 0));

        Assert.Equal("the bytes", answer.Expect(200).Text);
        Assert.Equal(new Version(2, 0), answer.Version);
    }
}
