using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>RFC 9110 §14, on an object inside the catalog and on files of one and many blocks.</summary>
public sealed class RangeTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    public static TheoryData<int, string, int, int> Parts
    {
        get
        {
            var data = new TheoryData<int, string, int, int>();
            foreach (int size in new[] { Bytes.Inline, Bytes.OneFile, Bytes.ManyBlocks })
            {
                data.Add(size, "bytes=0-0", 0, 1);
                data.Add(size, "bytes=0-99", 0, 100);
                data.Add(size, "bytes=100-", 100, size - 100);
                data.Add(size, "bytes=-1", size - 1, 1);
                data.Add(size, "bytes=-100", size - 100, 100);
                data.Add(size, $"bytes=-{size + 10}", 0, size);
                data.Add(size, $"bytes={size - 1}-", size - 1, 1);
                data.Add(size, $"bytes=10-{size + 1000}", 10, size - 10);
                data.Add(size, "bytes=10-99999999999999999999", 10, size - 10);
                data.Add(size, "BYTES=5-6", 5, 2);
            }

            // Across the borders of 64 KiB blocks.
            data.Add(Bytes.OneFile, "bytes=65535-65536", 65535, 2);
            data.Add(Bytes.OneFile, "bytes=65536-65536", 65536, 1);
            data.Add(Bytes.ManyBlocks, "bytes=65535-196608", 65535, 131074);
            data.Add(Bytes.ManyBlocks, "bytes=131072-262143", 131072, 131072);
            return data;
        }
    }

    [Theory, MemberData(nameof(Parts))]
    public async Task A_range_gets_exactly_its_bytes(int size, string range, int offset, int count)
    {
        byte[] bytes = Bytes.Random(size);
        string id = await _api.StoreAsync(bytes, new { name = "a", content_type = "binary" });

        Answer answer = (await _api.DownloadAsync(id, ("Range", range))).Expect(206);

        Assert.Equal(bytes[offset..(offset + count)], answer.Body);
        Assert.Equal($"bytes {offset}-{offset + count - 1}/{size}", answer.Header("Content-Range"));
        Assert.Equal($"{count}", answer.Header("Content-Length"));
    }

    [Theory]
    [InlineData("bytes=10-"), InlineData("bytes=10-20"), InlineData("bytes=999999999999999999999-"), InlineData("bytes=-0")]
    public async Task A_range_beyond_the_end_is_not_satisfiable(string range)
    {
        Answer answer = (await _api.DownloadAsync(await _api.StoreAsync("0123456789"), ("Range", range))).ExpectError(416, "range_not_satisfiable");

        Assert.Equal("bytes */10", answer.Header("Content-Range"));
    }

    [Theory]
    [InlineData("bytes=0-1,3-4"), InlineData("bytes=5-2"), InlineData("bytes=a-b"), InlineData("bytes=-"), InlineData("bytes="), InlineData("lines=0-1")]
    [InlineData("bytes=1"), InlineData("bytes=0-1;"), InlineData("0-1"), InlineData("bytes=--1"), InlineData("bytes=+1-2")]
    public async Task A_range_that_is_not_understood_and_several_ranges_get_the_whole(string range) =>
        Assert.Equal("0123456789", (await _api.DownloadAsync(await _api.StoreAsync("0123456789"), ("Range", range))).Expect(200).Text);

    [Theory]
    [InlineData("bytes=0-"), InlineData("bytes=-5"), InlineData("bytes=0-0")]
    public async Task No_range_of_an_empty_object_is_satisfiable(string range)
    {
        Answer answer = (await _api.DownloadAsync(await _api.StoreAsync(""), ("Range", range))).Expect(416);

        Assert.Equal("bytes */0", answer.Header("Content-Range"));
    }

    [Fact]
    public async Task HEAD_ignores_a_range()
    {
        string url = await _api.DownloadUrlAsync(await _api.StoreAsync("0123456789"));

        Answer head = (await _api.SendAsync("HEAD", url, headers: [("Range", "bytes=0-1")])).Expect(200);

        Assert.Equal("10", head.Header("Content-Length"));
    }

    [Fact]
    public async Task If_Range_counts_only_while_it_names_the_content()
    {
        string url = await _api.DownloadUrlAsync(await _api.StoreAsync("0123456789"));
        Answer whole = await _api.GetAsync(url);

        Assert.Equal("01", await PartAsync(206, whole.Header("ETag")!));
        Assert.Equal("01", await PartAsync(206, whole.Header("Last-Modified")!));
        Assert.Equal("0123456789", await PartAsync(200, "\"another\""));
        Assert.Equal("0123456789", await PartAsync(200, "W/" + whole.Header("ETag")));
        Assert.Equal("0123456789", await PartAsync(200, "Mon, 01 Jan 2001 00:00:00 GMT"));

        async Task<string> PartAsync(int status, string condition) =>
            (await _api.GetAsync(url, ("Range", "bytes=0-1"), ("If-Range", condition))).Expect(status).Text;
    }

    [Fact]
    public async Task A_download_is_put_together_from_ranges()
    {
        byte[] bytes = Bytes.Random(Bytes.ManyBlocks);
        string url = await _api.DownloadUrlAsync(await _api.StoreAsync(bytes, new { name = "a", content_type = "binary" }));
        using var all = new MemoryStream();

        for (int offset = 0; offset < bytes.Length; offset += 99_999)
        {
            all.Write((await _api.GetAsync(url, ("Range", $"bytes={offset}-{offset + 99_998}"))).Expect(206).Body);
        }

        Assert.Equal(bytes, all.ToArray());
    }
}
