using System.Net;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>PUT to an upload_url.</summary>
public sealed class UploadTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    public static TheoryData<int> Sizes => [0, 1, 256, Bytes.Inline, 65_535, 65_536, 65_537, Bytes.OneFile, 1 << 20, Bytes.ManyBlocks];

    [Theory, MemberData(nameof(Sizes))]
    public async Task Bytes_of_any_size_come_back_as_they_were(int size)
    {
        byte[] bytes = Bytes.Random(size, seed: size);
        string id = await _api.StoreAsync(bytes, new { name = "a", content_type = "binary" });

        Answer answer = (await _api.DownloadAsync(id)).Expect(200);

        Assert.Equal(bytes, answer.Body);
        Assert.Equal(size, (await _api.RetrieveAsync(id)).Json.Number("size_bytes"));
    }

    [Theory, MemberData(nameof(Sizes))]
    public async Task A_chunked_body_of_unknown_length_is_accepted(int size)
    {
        byte[] bytes = Bytes.Random(size, seed: size);
        CreatedObject created = await _api.CreateAsync("a", "binary");

        (await _api.SendAsync("PUT", created.UploadUrl, new StreamContent(new NonSeekable(bytes)), [("Transfer-Encoding", "chunked")])).Expect(200);

        Assert.Equal(size, (await _api.CompleteAsync(created.Id)).Expect(200).Json.Number("size_bytes"));
        Assert.Equal(bytes, (await _api.DownloadAsync(created.Id)).Body);
    }

    [Theory, MemberData(nameof(Sizes))]
    public async Task HTTP_2_uploads_and_downloads_alike(int size)
    {
        byte[] bytes = Bytes.Random(size, seed: size);
        CreatedObject created = await _api.CreateAsync("a", "binary");

        (await _api.SendAsync("PUT", created.UploadUrl, new StreamContent(new NonSeekable(bytes)), version: new Version(2, 0))).Expect(200);
        (await _api.SendAsync("POST", $"/v1/objects/{created.Id}/complete", version: new Version(2, 0))).Expect(200);

        string url = await _api.DownloadUrlAsync(created.Id);
        Assert.Equal(bytes, (await _api.SendAsync("GET", url, version: new Version(2, 0))).Expect(200).Body);
    }

    [Fact]
    public async Task The_answer_is_empty_and_carries_an_entity_tag()
    {
        CreatedObject created = await _api.CreateAsync();

        Answer answer = (await _api.UploadAsync(created.UploadUrl, "bytes")).Expect(200);

        Assert.Empty(answer.Body);
        Assert.Matches("^\"[^\"]+\"$", answer.Header("ETag"));
        (await _api.CompleteAsync(created.Id)).Expect(200);
        Assert.Equal(answer.Header("ETag"), (await _api.DownloadAsync(created.Id)).Header("ETag"));
    }

    [Theory]
    [InlineData("text/html"), InlineData("application/x-www-form-urlencoded"), InlineData("nonsense"), InlineData("multipart/form-data; boundary=x")]
    public async Task A_content_type_is_accepted_and_ignored(string contentType)
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        using var content = new ByteArrayContent("a=b&c=d"u8.ToArray());
        Assert.True(content.Headers.TryAddWithoutValidation("Content-Type", contentType));

        (await _api.SendAsync("PUT", created.UploadUrl, content)).Expect(200);
        (await _api.CompleteAsync(created.Id)).Expect(200);

        Answer answer = await _api.DownloadAsync(created.Id);
        Assert.Equal("a=b&c=d", answer.Text);
        Assert.Equal("application/octet-stream", answer.Header("Content-Type"));
        Assert.Equal("binary", (await _api.RetrieveAsync(created.Id)).Json.Text("content_type"));
    }

    [Fact]
    public async Task A_key_that_is_sent_along_does_not_matter()
    {
        CreatedObject created = await _api.CreateAsync();
        using var content = new ByteArrayContent([1]);

        (await _api.SendAsync("PUT", created.UploadUrl, content, [("Authorization", "Bearer nobody's")])).Expect(200);
    }

    [Fact]
    public async Task A_key_without_a_signature_uploads_nothing()
    {
        CreatedObject created = await _api.CreateAsync();

        (await _api.SendAsync("PUT", $"/v1/objects/{created.Id}/content", new ByteArrayContent([1]))).ExpectError(403, "signature_invalid");

        (await _api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");
    }

    [Theory]
    [InlineData(Bytes.Inline, Bytes.OneFile), InlineData(Bytes.OneFile, Bytes.Inline), InlineData(Bytes.ManyBlocks, 0), InlineData(0, Bytes.ManyBlocks)]
    public async Task A_second_upload_replaces_the_first_whole(int first, int second)
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        byte[] bytes = Bytes.Random(second, seed: 2);
        (await _api.UploadAsync(created.UploadUrl, Bytes.Random(first))).Expect(200);

        (await _api.UploadAsync(created.UploadUrl, bytes)).Expect(200);

        Assert.Equal(second, (await _api.CompleteAsync(created.Id)).Expect(200).Json.Number("size_bytes"));
        Assert.Equal(bytes, (await _api.DownloadAsync(created.Id)).Body);
    }

    [Fact]
    public async Task Conditions_hold_for_what_was_uploaded_so_far()
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        (await PutAsync("none yet", ("If-Match", "*"))).ExpectError(412, "precondition_failed");
        (await PutAsync("none yet", ("If-Match", "\"other\""))).ExpectError(412, "precondition_failed");
        string first = (await PutAsync("first", ("If-None-Match", "*"))).Expect(200).Header("ETag")!;

        (await PutAsync("again", ("If-None-Match", "*"))).ExpectError(412, "precondition_failed");
        (await PutAsync("again", ("If-None-Match", $"\"other\", W/{first}"))).ExpectError(412, "precondition_failed");
        (await PutAsync("again", ("If-Match", "\"other\""))).ExpectError(412, "precondition_failed");
        (await PutAsync("again", ("If-Match", "W/" + first))).ExpectError(412, "precondition_failed"); // only strong tags count here
        string second = (await PutAsync("second", ("If-Match", $"\"other\", {first}"))).Expect(200).Header("ETag")!;
        (await PutAsync("again", ("If-Match", first))).ExpectError(412, "precondition_failed");
        (await PutAsync("third", ("If-Match", "*"), ("If-None-Match", first))).Expect(200);

        (await _api.CompleteAsync(created.Id)).Expect(200);
        Assert.Equal("third", (await _api.DownloadAsync(created.Id)).Text);
        (await PutAsync("late", ("If-Match", second))).ExpectLastingConflict(); // the state comes first

        Task<Answer> PutAsync(string text, params (string, string)[] headers) =>
            _api.SendAsync("PUT", created.UploadUrl, new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(text)), headers);
    }

    [Theory]
    [InlineData(100), InlineData(Bytes.OneFile)]
    public async Task Of_parallel_uploads_that_want_to_be_the_first_one_is(int size)
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(seed => _api.SendAsync(
            "PUT", created.UploadUrl, new ByteArrayContent(Bytes.Random(size, seed)), [("If-None-Match", "*")])));

        Answer first = Assert.Single(answers, answer => answer.Status is HttpStatusCode.OK);
        Assert.All(answers.Where(answer => answer != first), answer => answer.ExpectError(412, "precondition_failed"));
        (await _api.CompleteAsync(created.Id)).Expect(200);
        Assert.Equal(first.Header("ETag"), (await _api.DownloadAsync(created.Id)).Header("ETag"));
    }

    [Theory]
    [InlineData("bytes 0-3/8"), InlineData("bytes */8"), InlineData("nonsense")]
    public async Task A_part_is_not_taken_for_the_whole(string range)
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        (await _api.UploadAsync(created.UploadUrl, "the whole")).Expect(200);
        using var part = new ByteArrayContent("part"u8.ToArray());
        Assert.True(part.Headers.TryAddWithoutValidation("Content-Range", range));

        (await _api.SendAsync("PUT", created.UploadUrl, part)).ExpectError(400, "invalid_argument");

        (await _api.CompleteAsync(created.Id)).Expect(200);
        Assert.Equal("the whole", (await _api.DownloadAsync(created.Id)).Text);
    }

    [Fact]
    public async Task Parallel_uploads_end_with_one_of_them_whole()
    {
        byte[][] candidates = [.. Enumerable.Range(1, 6).Select(seed => Bytes.Random(Bytes.OneFile + seed, seed))];
        CreatedObject created = await _api.CreateAsync("a", "binary");

        Answer[] answers = await Task.WhenAll(candidates.Select(bytes => _api.UploadAsync(created.UploadUrl, bytes)));

        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.Contains((int)answer.Status, new[] { 200, 409 }));
        (await _api.CompleteAsync(created.Id)).Expect(200);
        byte[] kept = (await _api.DownloadAsync(created.Id)).Body;
        Assert.Contains(candidates, bytes => bytes.AsSpan().SequenceEqual(kept));
    }

    [Fact]
    public async Task An_upload_that_races_with_complete_is_kept_whole_or_refused()
    {
        byte[] late = Bytes.Random(Bytes.OneFile, seed: 9);
        for (int round = 0; round < 10; round++)
        {
            CreatedObject created = await _api.CreateAsync("a", "binary");
            (await _api.UploadAsync(created.UploadUrl, "early")).Expect(200);

            Task<Answer> upload = _api.UploadAsync(created.UploadUrl, late);
            Answer completed = (await _api.CompleteAsync(created.Id)).Expect(200);
            Answer uploaded = await upload;

            byte[] kept = (await _api.DownloadAsync(created.Id)).Body;
            Assert.Equal(completed.Json.Number("size_bytes"), kept.Length);
            Assert.Equal(uploaded.Status == HttpStatusCode.OK ? late : "early"u8.ToArray(), kept);
        }
    }

    [Fact]
    public async Task Expect_100_continue_is_answered()
    {
        CreatedObject created = await _api.CreateAsync();
        await using RawHttp raw = await RawHttp.ConnectAsync(_api.Server);
        await raw.SendAsync(
            $"PUT {new Uri(created.UploadUrl).PathAndQuery} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");

        await raw.ContinueAsync();
        await raw.SendAsync("bytes");

        (await raw.AnswerAsync()).Expect(200);
    }

    /// <summary>Hides its length, so that a client sends chunks.</summary>
    private sealed class NonSeekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
