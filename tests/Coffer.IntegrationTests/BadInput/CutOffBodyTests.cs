using Coffer.IntegrationTests.Server;

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
        int before = FilesOf();

        await CutAsync(created.UploadUrl, sent, chunked, politely);

        Assert.Equal("UPLOADING", (await _api.RetrieveAsync(created.Id)).Json.Text("state"));
        (await _api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");
        await ClearedAsync(before);
    }

    [Theory]
    [InlineData(Bytes.Inline, false), InlineData(Bytes.OneFile, true)]
    public async Task A_cut_off_repetition_leaves_what_was_uploaded_before(int size, bool chunked)
    {
        byte[] bytes = Bytes.Random(size);
        CreatedObject created = await _api.CreateAsync("a", "binary");
        (await _api.UploadAsync(created.UploadUrl, bytes)).Expect(200);
        int before = FilesOf();

        await CutAsync(created.UploadUrl, 500_000, chunked, politely: false);
        await ClearedAsync(before);

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
            Assert.StartsWith("HTTP/1.1 400", await raw.ReceiveAllAsync(), StringComparison.Ordinal);
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
            string answers = await raw.ReceiveAllAsync();
            Assert.StartsWith("HTTP/1.1 200", answers, StringComparison.Ordinal);
            Assert.Contains("HTTP/1.1 400", answers, StringComparison.Ordinal); // the rest is no request
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
            Assert.StartsWith("HTTP/1.1 400", await raw.ReceiveAllAsync(), StringComparison.Ordinal);
        }

        (await _api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");
    }

    private async Task CutAsync(string url, int sent, bool chunked, bool politely)
    {
        await using RawHttp raw = await RawHttp.ConnectAsync(server.Process);
        byte[] bytes = Bytes.Random(sent, seed: 3);
        await raw.SendAsync($"PUT {new Uri(url).PathAndQuery} HTTP/1.1\r\nHost: localhost\r\n{(chunked ? "Transfer-Encoding: chunked" : "Content-Length: 5000000")}\r\n\r\n");
        await raw.SendAsync(chunked ? $"4C4B40\r\n" : ""); // a chunk of 5,000,000 bytes, of which only some come
        await raw.SendAsync(bytes);
        if (politely)
        {
            raw.FinishSending();
            string answer = await raw.ReceiveAllAsync();
            Assert.DoesNotContain("HTTP/1.1 2", answer, StringComparison.Ordinal);
        }
    }

    private int FilesOf() => BlobFiles.All(server.Process).Length + Staged();

    private int Staged() => Directory.Exists(Path.Combine(server.Process.Data, "staging"))
        ? Directory.GetFiles(Path.Combine(server.Process.Data, "staging"), "*", SearchOption.AllDirectories).Length
        : 0;

    private async Task ClearedAsync(int expected)
    {
        for (int i = 0; i < 200 && FilesOf() != expected; i++)
        {
            await Task.Delay(25); // the server learns of a reset connection a moment later
        }

        Assert.Equal(expected, FilesOf());
    }
}
