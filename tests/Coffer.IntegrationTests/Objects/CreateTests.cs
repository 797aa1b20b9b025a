using System.Globalization;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

public sealed class CreateTests(SharedServer server)
{
    private const long TenYearsMs = 10L * 365 * 24 * 3600 * 1000;
    private readonly Api _api = server.Api;

    [Fact]
    public async Task A_new_object_is_UPLOADING_with_an_upload_url_and_without_a_size()
    {
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        JsonElement view = (await _api.CreateAsync("a.txt")).View;

        Assert.Equal("a.txt", view.Text("name"));
        Assert.Equal("UPLOADING", view.Text("state"));
        Assert.Equal("text", view.Text("content_type"));
        Assert.Matches("^obj_[0-9a-z]{20,}$", view.Text("id"));
        Assert.True(view.IsNullOrAbsent("size_bytes"));
        Assert.True(view.IsNullOrAbsent("mime_type"));
        Assert.True(view.IsNullOrAbsent("metadata"));
        Assert.True(view.IsNullOrAbsent("delete_after_time_ms"));
        Assert.True(view.IsNullOrAbsent("public_url"));
        Assert.False(view.Flag("is_public"));
        Assert.StartsWith(_api.Server.BaseUrl.ToString(), view.Text("upload_url"), StringComparison.Ordinal);
        Assert.InRange(view.Number("create_time_ms")!.Value, before - 60_000, before + 60_000);
        Assert.Equal(
            view.Number("create_time_ms"),
            DateTimeOffset.Parse(view.Text("created_at")!, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
    }

    [Theory]
    [InlineData("unspecified"), InlineData("text"), InlineData("binary"), InlineData("gzip"), InlineData("tar"), InlineData("tgz")]
    public async Task Each_content_class_is_kept_as_it_was_given(string word)
    {
        JsonElement view = (await _api.CreateAsync("a", word)).View;

        Assert.Equal(word, view.Text("content_type"));
        Assert.True(view.IsNullOrAbsent("mime_type"));
    }

    [Fact]
    public async Task The_answer_sets_no_cookie_and_may_be_of_two_objects_with_one_name()
    {
        Answer first = (await _api.PostAsync("/v1/objects", new { name = "twin", content_type = "text" })).Expect(200);
        Answer second = (await _api.PostAsync("/v1/objects", new { name = "twin", content_type = "text" })).Expect(200);

        Assert.NotEqual(first.Json.Text("id"), second.Json.Text("id"));
        Assert.Null(first.Header("Set-Cookie"));
    }

    [Fact]
    public async Task Explicit_nulls_and_unknown_members_count_as_absent()
    {
        const string body = """{"name":"a","content_type":"text","metadata":null,"ttl_ms":null,"is_public":null,"colour":{"deep":[1]}}""";

        JsonElement view = (await _api.PostAsync("/v1/objects", body)).Expect(200).Json;

        Assert.True(view.IsNullOrAbsent("metadata"));
        Assert.True(view.IsNullOrAbsent("delete_after_time_ms"));
        Assert.False(view.Flag("is_public"));
    }

    [Fact]
    public async Task A_pretty_printed_body_is_accepted() =>
        (await _api.PostAsync("/v1/objects", "\n{\n  \"name\": \"a\",\r\n\t\"content_type\": \"text\"\n}\n")).Expect(200);

    [Theory]
    [InlineData("a"), InlineData("Übung 試し 🎉.txt"), InlineData("../../etc/passwd"), InlineData("a/b\\c%2F?#\"'&<>")]
    public async Task A_name_is_text_and_comes_back_as_it_was(string name)
    {
        CreatedObject created = await _api.CreateAsync(name);

        Assert.Equal(name, created.View.Text("name"));
        Assert.Equal(name, (await _api.RetrieveAsync(created.Id)).Json.Text("name"));
    }

    [Fact]
    public async Task A_name_has_1_to_1024_characters()
    {
        await _api.CreateAsync(new string('n', 1024));
        await RefusedAsync(new { name = new string('n', 1025), content_type = "text" }, "name");
        await RefusedAsync(new { name = "", content_type = "text" }, "name");
    }

    [Theory]
    [InlineData("a\nb"), InlineData("a\0b"), InlineData("\u007f"), InlineData("a\u0085b"), InlineData("\t")]
    public async Task A_name_with_a_control_character_is_refused(string name) =>
        await RefusedAsync(new { name, content_type = "text" }, "name");

    [Fact]
    public async Task A_name_of_100_KB_is_refused() => await RefusedAsync(new { name = new string('x', 100_000), content_type = "text" }, "name");

    [Fact]
    public async Task Half_a_surrogate_pair_is_no_name() =>
        (await _api.PostAsync("/v1/objects", """{"name":"a\ud800b","content_type":"text"}""")).ExpectError(400, "invalid_argument");

    [Theory]
    [InlineData("""{"content_type":"text"}""", "name")]
    [InlineData("""{"name":null,"content_type":"text"}""", "name")]
    [InlineData("""{"name":"a"}""", "content_type")]
    [InlineData("""{"name":"a","content_type":null}""", "content_type")]
    [InlineData("""{"name":"a","content_type":""}""", "content_type")]
    [InlineData("""{"name":7,"content_type":"text"}""", "name")]
    [InlineData("""{"name":["a"],"content_type":"text"}""", "name")]
    [InlineData("""{"name":"a","content_type":{}}""", "content_type")]
    [InlineData("""{"name":"a","content_type":"TEXT "}""", "content_type")]
    [InlineData("""{"name":"a","content_type":"word"}""", "content_type")]
    [InlineData("""{"name":"a","content_type":"text","is_public":"yes"}""", "is_public")]
    [InlineData("""{"name":"a","content_type":"text","is_public":1}""", "is_public")]
    [InlineData("""{"name":"a","content_type":"text","metadata":"a=b"}""", "metadata")]
    [InlineData("""{"name":"a","content_type":"text","metadata":["a"]}""", "metadata")]
    [InlineData("""{"name":"a","content_type":"text","metadata":{"outer":{"inner":1}}}""", "metadata.outer")]
    [InlineData("""{"name":"a","content_type":"text","metadata":{"list":[1]}}""", "metadata.list")]
    public async Task A_member_that_is_missing_or_of_a_wrong_type_is_named(string body, string named)
    {
        Answer answer = (await _api.PostAsync("/v1/objects", body)).ExpectError(400, "invalid_argument");

        Assert.Contains(named, answer.Json.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_scalars_are_kept_as_their_JSON_text()
    {
        const string body = """{"name":"a","content_type":"text","metadata":{"s":"text","i":7,"f":1.50,"e":1e3,"t":true,"n":false,"u":"\u00fc🎉"}}""";

        string id = (await _api.PostAsync("/v1/objects", body)).Expect(200).Json.Text("id")!;

        JsonElement metadata = (await _api.RetrieveAsync(id)).Json.GetProperty("metadata");
        Assert.Equal("text", metadata.Text("s"));
        Assert.Equal("7", metadata.Text("i"));
        Assert.Equal("1.50", metadata.Text("f"));
        Assert.Equal("1e3", metadata.Text("e"));
        Assert.Equal("true", metadata.Text("t"));
        Assert.Equal("false", metadata.Text("n"));
        Assert.Equal("ü🎉", metadata.Text("u"));
    }

    [Fact]
    public async Task Metadata_holds_64_pairs_of_128_and_2048_characters_and_not_more()
    {
        var full = Enumerable.Range(0, 64).ToDictionary(
            i => i.ToString(CultureInfo.InvariantCulture).PadLeft(128, 'k'), _ => new string('v', 2048));
        JsonElement view = (await _api.CreateAsync(new { name = "a", content_type = "text", metadata = full })).View;
        Assert.Equal(full.Count, view.GetProperty("metadata").EnumerateObject().Count());

        await MetadataRefusedAsync(Enumerable.Range(0, 65).ToDictionary(i => $"k{i}", _ => "v"));
        await MetadataRefusedAsync(new() { [new string('k', 129)] = "v" });
        await MetadataRefusedAsync(new() { ["k"] = new string('v', 2049) });
        await MetadataRefusedAsync(new() { [""] = "v" });
    }

    [Fact]
    public async Task Empty_metadata_is_no_error()
    {
        JsonElement view = (await _api.CreateAsync(new { name = "a", content_type = "text", metadata = new { } })).View;

        Assert.Empty(view.GetProperty("metadata").EnumerateObject());
    }

    [Theory]
    [InlineData(1), InlineData(1000), InlineData(TenYearsMs)]
    public async Task A_lifetime_counts_from_the_creation(long ttl)
    {
        JsonElement view = (await _api.CreateAsync(new { name = "a", content_type = "text", ttl_ms = ttl })).View;

        Assert.Equal(view.Number("create_time_ms") + ttl, view.Number("delete_after_time_ms"));
    }

    [Fact]
    public async Task A_lifetime_of_0_means_none() =>
        Assert.True((await _api.CreateAsync(new { name = "a", content_type = "text", ttl_ms = 0 })).View.IsNullOrAbsent("delete_after_time_ms"));

    [Theory]
    [InlineData("-1"), InlineData("315360000001"), InlineData("1.5"), InlineData("\"1000\""), InlineData("true"), InlineData("[]"),
     InlineData("9223372036854775808"), InlineData("1e400"), InlineData("-9223372036854775808")]
    public async Task A_lifetime_that_is_negative_or_no_whole_number_or_beyond_ten_years_is_refused(string ttl)
    {
        Answer answer = await _api.PostAsync("/v1/objects", $$"""{"name":"a","content_type":"text","ttl_ms":{{ttl}}}""");

        Assert.Contains("ttl_ms", answer.ExpectError(400, "invalid_argument").Json.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_refused_leaves_an_object_behind()
    {
        Api own = await server.Accounts.NewAsync();

        (await own.PostAsync("/v1/objects", new { name = "a", content_type = "word" })).Expect(400);
        (await own.PostAsync("/v1/objects", new { name = "a", content_type = "text", ttl_ms = -1 })).Expect(400);
        (await own.PostAsync("/v1/objects", new { name = "", content_type = "text" })).Expect(400);

        Assert.Equal(0, await own.CountAsync());
    }

    private Task MetadataRefusedAsync(Dictionary<string, string> metadata) => RefusedAsync(new { name = "a", content_type = "text", metadata }, "metadata");

    private async Task RefusedAsync(object body, string named)
    {
        Answer answer = (await _api.PostAsync("/v1/objects", body)).ExpectError(400, "invalid_argument");

        Assert.Contains(named, answer.Json.Text("message"), StringComparison.Ordinal);
    }
}
