using System.Net;
using Coffer.IntegrationTests.Hosting;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.BadInput;

/// <summary>One bit of a stored object turns over while the server is stopped: reads fail, and never give wrong bytes.</summary>
public sealed class FlippedBitTests
{
    [Theory]
    [InlineData(0), InlineData(70_000), InlineData(Bytes.ManyBlocks - 1)]
    public async Task A_flipped_bit_in_a_blob_file_is_an_error_for_whoever_reads_its_block(int at)
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        byte[] bytes = Bytes.Random(Bytes.ManyBlocks);
        string id = "";
        string file = await BlobFiles.MadeByAsync(server, async () => id = await server.Api.StoreAsync(bytes, new { name = "a", content_type = "binary" }));
        string healthy = await server.Api.StoreAsync("healthy");
        await server.StopAsync();
        int place = IndexOf(await File.ReadAllBytesAsync(file), bytes.AsSpan(at - (at % 4096), 64)) + (at % 4096);
        Flip(file, place);
        await server.StartAgainAsync();
        string url = await server.Api.DownloadUrlAsync(id);

        await NeverWrongAsync(server, url, bytes, "bytes=0-");
        await NeverWrongAsync(server, url, bytes, $"bytes={at}-{at}");
        await NeverWrongAsync(server, url, bytes, range: null);
        Answer range = await server.Api.GetAsync(url, ("Range", $"bytes={at}-{at}"));
        Assert.Equal("false", range.ExpectError(500, "corrupt").Header("x-should-retry"));
        AssertReadable(range);

        // Blocks that are whole can still be read, and the other objects too.
        int other = at < 500_000 ? 1_000_000 : 100_000;
        Assert.Equal(bytes[other..(other + 10)], (await server.Api.GetAsync(url, ("Range", $"bytes={other}-{other + 9}"))).Expect(206).Body);
        Assert.Equal("healthy", (await server.Api.DownloadAsync(healthy)).Text);
        Assert.True(await MetricTests.ValueAsync(server, "coffer_crc_failures_total") > 0);
    }

    [Theory]
    [InlineData(0), InlineData(2000), InlineData(Bytes.Inline - 50)]
    public async Task A_flipped_bit_in_an_inline_object_is_an_error_for_every_part_of_it(int at)
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        byte[] bytes = Bytes.Random(Bytes.Inline);
        string id = await server.Api.StoreAsync(bytes, new { name = "a", content_type = "binary" });
        string healthy = await server.Api.StoreAsync("healthy");
        await server.StopAsync();
        string file = Path.Combine(server.Data, "catalog.db");
        Flip(file, PlaceOf(await File.ReadAllBytesAsync(file), bytes, at));
        await server.StartAgainAsync();
        string url = await server.Api.DownloadUrlAsync(id);

        foreach ((string, string)[] headers in new[] { [], new[] { ("Range", $"bytes={at}-{at}") }, [("Range", "bytes=100-101")] })
        {
            Answer answer = await server.Api.GetAsync(url, headers);
            Assert.Equal("false", answer.ExpectError(500, "corrupt").Header("x-should-retry"));
            AssertReadable(answer);
        }

        Assert.Equal("healthy", (await server.Api.DownloadAsync(healthy)).Text);
        Assert.True(await MetricTests.ValueAsync(server, "coffer_crc_failures_total") > 0);
        (await server.Api.RemoveAsync(id)).Expect(200);
    }

    [Fact]
    public async Task A_blob_file_that_is_missing_or_cut_short_is_an_error()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string missing = "";
        string missingFile = await BlobFiles.MadeByAsync(server, async () => missing = await server.Api.StoreAsync(Bytes.Random(Bytes.OneFile), new { name = "a", content_type = "binary" }));
        string cut = "";
        string cutFile = await BlobFiles.MadeByAsync(server, async () => cut = await server.Api.StoreAsync(Bytes.Random(Bytes.OneFile), new { name = "a", content_type = "binary" }));
        await server.StopAsync();
        File.Delete(missingFile);
        using (var stream = new FileStream(cutFile, FileMode.Open))
        {
            stream.SetLength(50_000);
        }

        await server.StartAgainAsync();

        (await server.Api.DownloadAsync(missing)).ExpectError(500, "corrupt");
        (await server.Api.DownloadAsync(cut)).ExpectError(500, "corrupt");
    }

    /// <summary>A page of any origin may read the error, which can be found in the log and says nothing of the content.</summary>
    private static void AssertReadable(Answer error)
    {
        Assert.NotEmpty(error.Header("x-request-id")!);
        Assert.Equal("*", error.Header("Access-Control-Allow-Origin"));
        foreach (string header in (string[])["ETag", "Last-Modified", "Accept-Ranges", "Content-Range", "Content-Disposition", "Content-Security-Policy"])
        {
            Assert.Null(error.Header(header));
        }
    }

    /// <summary>Either an error before the first byte, or a connection that ends before the announced length.</summary>
    private static async Task NeverWrongAsync(CofferProcess server, string url, byte[] bytes, string? range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (range is not null)
        {
            request.Headers.TryAddWithoutValidation("Range", range);
        }

        HttpResponseMessage answered;
        try
        {
            answered = await Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        }
        catch (HttpRequestException)
        {
            await LoggedAsync(); // the reset overtook the headers and the blocks before the damaged one: nothing wrong came
            return;
        }

        using HttpResponseMessage response = answered;
        if (response.StatusCode is HttpStatusCode.InternalServerError)
        {
            return;
        }

        Assert.InRange((int)response.StatusCode, 200, 206);
        long offset = response.Content.Headers.ContentRange?.From ?? 0;
        using Stream stream = await response.Content.ReadAsStreamAsync();
        var got = new MemoryStream();
        await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(got));
        Assert.True(bytes.AsSpan((int)offset, (int)got.Length).SequenceEqual(got.ToArray()));
        await LoggedAsync();

        async Task LoggedAsync()
        {
            RequestLine[] requests = await RequestLine.WhenAsync(server, lines => lines.Any(line => line.Error == "corrupt"));
            Assert.All(requests.Where(line => line.Error == "corrupt"), line => Assert.Equal(("objects.content", 500), (line.Operation, line.Status)));
        }
    }

    /// <summary>Where one byte of an inline object is. Pages cut its content into stretches, so it is looked for with its neighbours on either side.</summary>
    private static int PlaceOf(byte[] file, byte[] bytes, int at)
    {
        const int window = 8;
        for (int first = Math.Max(0, at - window + 1); first <= Math.Min(at, bytes.Length - window); first++)
        {
            int found = file.AsSpan().IndexOf(bytes.AsSpan(first, window));
            if (found >= 0)
            {
                return found + at - first;
            }
        }

        throw new InvalidOperationException("the object's bytes are not where the test looks for them");
    }

    private static int IndexOf(byte[] file, ReadOnlySpan<byte> needle)
    {
        int place = file.AsSpan().IndexOf(needle);
        Assert.True(place >= 0, "the object's bytes are not where the test looks for them");
        return place;
    }

    private static void Flip(string file, int place)
    {
        using var stream = new FileStream(file, FileMode.Open);
        stream.Position = place;
        int value = stream.ReadByte();
        stream.Position = place;
        stream.WriteByte((byte)(value ^ 4));
    }
}
