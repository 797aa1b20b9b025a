using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.BadInput;

/// <summary>Uploads that do not end as they announced: no partial content, the object still UPLOADING.</summary>
public sealed class CutOffBodyTests(OwnServer server) : IClassFixture<OwnServer>
{
    private readonly Api _api = server.Api;

    public static TheoryData<int, bool, bool> Cuts => new MatrixTheoryData<int, bool, bool>([0, 1000, 100_000, 3_000_000], [false, true], [false, true]);

    [Theory, MemberData(nameof(Cuts))]
    public async Task A_body_that_is_cut_off_leaves_nothing_behind(int sent, bool chunked, bool politely)
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        string[] before = Files();

        await CutAsync(created.UploadUrl, sent, chunked, politely);

        Assert.Equal("UPLOADING", (await _api.RetrieveAsync(created.Id)).Json.Text("state"));
        (await _api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");
        Assert.Equal(before, Files());
    }

    [Theory]
    [InlineData(Bytes.Inline, false), InlineData(Bytes.OneFile, true)]
    public async Task A_cut_off_repetition_leaves_what_was_uploaded_before(int size, bool chunked)
    {
        byte[] bytes = Bytes.Random(size);
        CreatedObject created = await _api.CreateAsync("a", "binary");
        (await _api.UploadAsync(created.UploadUrl, bytes)).Expect(200);
        string[] before = Files();

        await CutAsync(created.UploadUrl, 500_000, chunked, politely: false);
        Assert.Equal(before, Files());

        Assert.Equal(size, (await _api.CompleteAsync(created.Id)).Expect(200).Json.Number("size_bytes"));
        Assert.Equal(bytes, (await _api.DownloadAsync(created.Id)).Body);
    }

    [Fact]
    public async Task A_chunk_that_is_no_chunk_is_refused_and_leaves_nothing_behind()
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        await using (RawHttp raw = await RawHttp.ConnectAsync(server.Process))
        {
            await raw.SendAsync($"PUT {new Uri(created.UploadUrl).PathAndQuery} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbytes\r\nnonsense\r\n\r\n");
            (await raw.AnswerAsync()).Expect(400);
        }

        (await _api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");
    }

    [Fact]
    public async Task Bytes_beyond_the_announced_length_are_not_part_of_the_object()
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        await using (RawHttp raw = await RawHttp.ConnectAsync(server.Process))
        {
            await raw.SendAsync($"PUT {new Uri(created.UploadUrl).PathAndQuery} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nbytesAND MORE\r\n\r\n");
            (await raw.AnswerAsync()).Expect(200);
            await raw.RefusedUnreadAsync(400); // the rest is no request
        }

        (await _api.CompleteAsync(created.Id)).Expect(200);
        Assert.Equal("bytes", (await _api.DownloadAsync(created.Id)).Text);
    }

    [Theory]
    [InlineData("Content-Length: -5"), InlineData("Content-Length: 99999999999999999999999"), InlineData("Content-Length: 5, 6"), InlineData("Content-Length: five")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6"), InlineData("Transfer-Encoding: gzip")]
    public async Task A_length_that_is_no_length_is_refused(string header)
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        await using (RawHttp raw = await RawHttp.ConnectAsync(server.Process))
        {
            await raw.SendAsync($"PUT {new Uri(created.UploadUrl).PathAndQuery} HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\nbytes");
            await raw.RefusedUnreadAsync(400);
        }

        (await _api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");
    }

    [Theory]
    [InlineData("Transfer-Encoding: gzip, chunked"), InlineData("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"), InlineData("transfer-encoding: chunked, chunked")]
    public async Task A_body_in_a_coding_that_nobody_takes_off_is_refused_in_every_dialect(string header)
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        string bucket = await _api.NewBucketAsync(), upload = await _api.NewUploadAsync(bucket, "pieces", 3);

        Refused(await SendAsync("PUT", new Uri(created.UploadUrl).PathAndQuery));
        Refused(await SendAsync("POST", "/v1/objects"));
        Answer answer = await SendAsync("POST", $"{StorageCalls.Root}/object/{bucket}/whole");
        Assert.Equal(("501", "NotImplemented"), (answer.Json.Text("statusCode"), answer.Code));
        (await SendAsync("PATCH", upload, $"Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: {TusCalls.PieceType}\r\n")).ExpectTus(501);

        (await _api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");
        Assert.Empty(await _api.NamesAsync(bucket));
        Assert.Equal(0, await _api.OffsetAsync(upload));

        static void Refused(Answer answer) => Assert.Equal("false", answer.ExpectError(501, "not_implemented").Header("x-should-retry"));

        async Task<Answer> SendAsync(string method, string target, string more = "")
        {
            await using RawHttp raw = await RawHttp.ConnectAsync(server.Process);
            await raw.SendAsync(
                $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {_api.Token}\r\n{header}\r\n{more}Connection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
            return (await raw.AnswerAsync()).Expect(501);
        }
    }

    /// <summary>Sends a part of a body, breaks off, and returns when the server is done with it: nothing happens later on.</summary>
    private async Task CutAsync(string url, int sent, bool chunked, bool politely)
    {
        string id = $"cut-{Guid.NewGuid():N}";
        await using (RawHttp raw = await RawHttp.ConnectAsync(server.Process))
        {
            await raw.SendAsync($"PUT {new Uri(url).PathAndQuery} HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: {id}\r\nExpect: 100-continue\r\n{(chunked ? "Transfer-Encoding: chunked" : "Content-Length: 5000000")}\r\n\r\n");

            // Who resets at once may be gone before the server has seen the request, or while it has yet to make its file.
            await raw.ContinueAsync();
            await raw.SendAsync(chunked ? $"4C4B40\r\n" : ""); // a chunk of 5,000,000 bytes, of which only some come
            await raw.SendAsync(Bytes.Random(sent, seed: 3));
            if (politely)
            {
                raw.FinishSending();
                Assert.False((await raw.AnswerOrEndAsync())?.IsSuccess ?? false);
            }
        }

        // The line is written last of all, when the request's file is made or gone.
        RequestLine[] lines = await RequestLine.WhenAsync(server.Process, lines => lines.Any(line => line.RequestId == id));
        Assert.InRange(Assert.Single(lines, line => line.RequestId == id).Status, 400, 499);
    }

    private string[] Files() =>
    [
        .. BlobFiles.All(server.Process).Concat(Directory.GetFiles(Path.Combine(server.Process.Data, "staging"))).Order(StringComparer.Ordinal),
    ];
}
