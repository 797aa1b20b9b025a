using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>What archives hold, without unpacking them.</summary>
public sealed class EntriesTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    [Theory]
    [InlineData(0), InlineData(Bytes.OneFile)]
    public async Task Entries_are_listed_by_name_and_their_content_is_handed_out(int filling)
    {
        byte[] large = Bytes.Random(filling);
        string id = await _api.StoreAsync(
            ArchiveCalls.Tgz([("b.txt", "old"u8.ToArray()), ("dir/a.bin", large), ("b.txt", "new"u8.ToArray())]), new { name = "a.tgz", content_type = "tgz" });

        Answer page = (await _api.EntriesAsync(id)).Expect(200);

        Assert.Equal(["b.txt", "dir/a.bin"], page.Names());
        Assert.Equal((2L, false), (page.Json.Number("total_count"), page.Json.Flag("has_more")));
        var first = page.Json.Items("entries")[0];
        Assert.Equal(("file", 3L, "0644", 1_700_000_000_000L), (first.Text("kind"), first.Number("size_bytes"), first.Text("mode"), first.Number("modified_time_ms")));
        Assert.Equal("2023-11-14T22:13:20.000Z", first.Text("modified_at"));
        Assert.True(first.IsNullOrAbsent("target"));
        Assert.Equal("new", (await _api.EntryAsync(id, "b.txt")).Expect(200).Text);
        Assert.Equal(large, (await _api.EntryAsync(id, "dir/a.bin")).Expect(200).Body);
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        string id = await _api.StoreArchiveAsync(("c", ""), ("a", ""), ("b/1", ""), ("b/2", ""));

        Answer page = (await _api.EntriesAsync(id, "?limit=2")).Expect(200);
        Assert.Equal(["a", "b/1"], page.Names());
        Assert.True(page.Json.Flag("has_more"));
        Assert.Equal(["b/2", "c"], (await _api.EntriesAsync(id, "?limit=2&starting_after=b%2F1")).Expect(200).Names());
        Assert.Equal(["b/1", "b/2", "c"], (await _api.EntriesAsync(id, "?starting_after=b/")).Expect(200).Names());
        Assert.Empty((await _api.EntriesAsync(id, "?starting_after=zzz")).Expect(200).Names());
        (await _api.EntriesAsync(id, "?limit=many")).ExpectError(400, "invalid_argument");
    }

    [Fact]
    public async Task A_file_comes_as_an_attachment_that_no_browser_runs()
    {
        string id = await _api.StoreArchiveAsync(("site/index.html", "<script>"));

        Answer answer = (await _api.EntryAsync(id, "site/index.html")).Expect(200);
        Answer head = (await _api.SendAsync("HEAD", $"/v1/objects/{id}/entries/site/index.html")).Expect(200);

        foreach (Answer found in (Answer[])[answer, head])
        {
            Assert.Equal("application/octet-stream", found.Header("Content-Type"));
            Assert.Equal("attachment; filename=\"index.html\"", found.Header("Content-Disposition"));
            Assert.Equal("nosniff", found.Header("X-Content-Type-Options"));
            Assert.Equal("sandbox; default-src 'none'", found.Header("Content-Security-Policy"));
            Assert.Equal("8", found.Header("Content-Length"));
            Assert.Contains("private", found.Header("Cache-Control"), StringComparison.Ordinal);
        }

        Assert.Equal(("<script>", 0), (answer.Text, head.Body.Length));
    }

    [Theory]
    [InlineData("with space.txt", "with%20space.txt"), InlineData("a%2Fb", "a%252Fb"), InlineData("größe/日本", "gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC")]
    [InlineData("a/b", "a%2Fb"), InlineData("what?", "what%3F"), InlineData("a//b", "a/b"), InlineData("./c", "./c"), InlineData("a+b", "a+b")]
    public async Task Names_are_decoded_once_and_no_more(string name, string target)
    {
        string id = await _api.StoreArchiveAsync((name, "right"), ("other", "wrong"));

        await using RawHttp raw = await RawHttp.ConnectAsync(server.Process);
        await raw.SendAsync($"GET /v1/objects/{id}/entries/{target} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {_api.Token}\r\nConnection: close\r\n\r\n");
        Answer answer = await raw.AnswerAsync();

        Assert.Equal("right", answer.Expect(200).Text);
    }

    [Fact]
    public async Task What_has_no_content_is_not_found()
    {
        string id = await _api.StoreArchiveAsync(("dir/", ""), ("file", "x"));

        (await _api.EntryAsync(id, "missing")).ExpectError(404, "entry_not_found");
        (await _api.EntryAsync(id, "%FF")).ExpectError(404, "entry_not_found");
        (await _api.EntryAsync(id, "file/")).ExpectError(404, "entry_not_found");
        (await _api.EntriesAsync("obj_00000000000000000000000000")).ExpectError(404, "object_not_found");
        (await _api.EntryAsync("nothing", "file")).ExpectError(404, "object_not_found");
    }

    [Theory]
    [InlineData("text"), InlineData("tgz"), InlineData("gzip")]
    public async Task What_is_no_archive_is_refused_whatever_it_is_called(string contentType)
    {
        string id = await _api.StoreAsync("no archive", "a.tar.gz", contentType);

        (await _api.EntriesAsync(id)).ExpectError(400, "archive_invalid");
        (await _api.EntryAsync(id, "a")).ExpectError(400, "archive_invalid");
    }

    [Fact]
    public async Task Cut_and_unsafe_archives_are_refused()
    {
        byte[] whole = ArchiveCalls.Tgz([("a", Bytes.Random(Bytes.OneFile)), ("b", "x"u8.ToArray())]);
        string cut = await _api.StoreAsync(whole[..^100], new { name = "a.tgz", content_type = "tgz" });
        string unsafeName = await _api.StoreArchiveAsync(("../a", "x"));
        string oneFile = await _api.StoreAsync(
            Convert.FromBase64String("H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA=="), new { name = "a.gz", content_type = "gzip" });

        for (int i = 0; i < 2; i++) // the second answer is remembered
        {
            Assert.Contains("cut off", (await _api.EntriesAsync(cut)).ExpectError(400, "archive_invalid").Json.Text("message"), StringComparison.Ordinal);
            Assert.Contains("'../a'", (await _api.EntriesAsync(unsafeName)).ExpectError(400, "archive_invalid").Json.Text("message"), StringComparison.Ordinal);
            (await _api.EntriesAsync(oneFile)).ExpectError(400, "archive_invalid");
        }
    }

    [Fact]
    public async Task Public_archives_are_open_to_everybody_and_others_to_nobody()
    {
        string id = await _api.StoreAsync(ArchiveCalls.Tgz(("file", "open")), new { name = "a", content_type = "tgz", is_public = true });
        Api nobody = _api.WithKey(null), other = await server.Accounts.NewAsync();

        foreach (Api api in (Api[])[nobody, other])
        {
            Assert.Equal(["file"], (await api.EntriesAsync(id)).Expect(200).Names());
            Assert.Equal("open", (await api.EntryAsync(id, "file")).Expect(200).Text);
        }

        (await _api.SendAsync("PATCH", $"/v1/objects/{id}", new StringContent("""{"is_public":false}"""))).Expect(200);
        (await nobody.EntriesAsync(id)).ExpectError(401, "not_authenticated");
        (await nobody.EntryAsync(id, "file")).ExpectError(401, "not_authenticated");
        (await other.EntryAsync(id, "file")).ExpectError(404, "object_not_found");
    }

    [Fact]
    public async Task Objects_without_their_bytes_have_no_entries()
    {
        CreatedObject created = await _api.CreateAsync();
        (await _api.EntriesAsync(created.Id)).ExpectLastingConflict();

        string id = await _api.StoreArchiveAsync(("a", Convert.ToHexString(Bytes.Random(Bytes.OneFile))));
        (await _api.EntriesAsync(id)).Expect(200);
        (await _api.RemoveAsync(id)).Expect(200);
        (await _api.EntriesAsync(id)).ExpectError(410, "object_gone");
        (await _api.EntryAsync(id, "a")).ExpectError(410, "object_gone");
    }
}
