using System.Globalization;
using System.IO.Compression;
using System.Text;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>GET and HEAD of a download_url.</summary>
public sealed class DownloadTests(SharedServer server)
{
    private readonly Api _api = server.Api;

    [Theory]
    [InlineData("text", "text/plain; charset=utf-8"), InlineData("binary", "application/octet-stream"), InlineData("unspecified", "application/octet-stream")]
    [InlineData("gzip", "application/gzip"), InlineData("tgz", "application/gzip"), InlineData("tar", "application/x-tar")]
    [InlineData("text/csv; header=present", "text/csv; header=present"), InlineData("image/png", "image/png")]
    public async Task The_type_is_the_one_given_or_one_that_suits_the_class(string contentType, string expected)
    {
        Answer answer = (await _api.DownloadAsync(await _api.StoreAsync(contentType: contentType))).Expect(200);

        Assert.Equal(expected, answer.Header("Content-Type"));
    }

    [Theory]
    [InlineData("{\"message\":7}"), InlineData("{not JSON at all"), InlineData("[1,2]"), InlineData("")]
    public async Task JSON_is_content_like_any_other(string text)
    {
        string id = await _api.StoreAsync(text, contentType: "application/json");

        Answer answer = (await _api.DownloadAsync(id)).Expect(200);

        Assert.Equal((text, "application/json"), (answer.Text, answer.Header("Content-Type")));
    }

    [Fact]
    public async Task The_headers_say_what_it_is()
    {
        Answer answer = (await _api.DownloadAsync(await _api.StoreAsync("0123456789", "a.txt"))).Expect(200);

        Assert.Equal("10", answer.Header("Content-Length"));
        Assert.Equal("bytes", answer.Header("Accept-Ranges"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.Matches("^\"[^\"]+\"$", answer.Header("ETag"));
        Assert.True(DateTimeOffset.TryParse(answer.Header("Last-Modified"), CultureInfo.InvariantCulture, out _));
        Assert.Null(answer.Header("Content-Encoding"));
        Assert.Contains("no-cache", answer.Header("Cache-Control"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", "application/gzip"), InlineData("tgz", "application/gzip"), InlineData("application/gzip", "application/gzip"), InlineData("text", "text/plain; charset=utf-8")]
    public async Task Gzip_bytes_leave_as_gzip_bytes_however_they_are_asked_for(string contentType, string type)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(new string('a', 10_000)));
        }

        string id = await _api.StoreAsync(packed.ToArray(), new { name = "a.gz", content_type = contentType });

        Answer answer = (await _api.DownloadAsync(id, ("Accept-Encoding", "gzip, deflate, br"))).Expect(200);

        Assert.Equal(packed.ToArray(), answer.Body);
        Assert.Equal(type, answer.Header("Content-Type"));
        Assert.Null(answer.Header("Content-Encoding"));
    }

    [Theory]
    [InlineData("plain.txt", "attachment; filename=\"plain.txt\"")]
    [InlineData("two words.txt", "attachment; filename=\"two words.txt\"")]
    [InlineData("Übung.txt", "attachment; filename=\"_bung.txt\"; filename*=UTF-8''%C3%9Cbung.txt")]
    [InlineData("試し🎉.txt", "filename*=UTF-8''%E8%A9%A6%E3%81%97%F0%9F%8E%89.txt")]
    [InlineData("a\"b\\c.txt", "filename*=UTF-8''a%22b%5Cc.txt")]
    [InlineData("../../etc/passwd", "filename*=UTF-8''..%2F..%2Fetc%2Fpasswd")]
    [InlineData("100%41;x=y'.txt", "filename*=UTF-8''100%2541%3Bx%3Dy%27.txt")]
    public async Task The_name_is_offered_as_a_file_name_whatever_it_holds(string name, string expected)
    {
        string header = (await _api.DownloadAsync(await _api.StoreAsync(name: name))).Expect(200).Header("Content-Disposition")!;

        Assert.StartsWith("attachment; filename=\"", header, StringComparison.Ordinal);
        Assert.Contains(expected, header, StringComparison.Ordinal);
        Assert.All(header, character => Assert.InRange(character, ' ', '~'));
    }

    [Theory]
    [InlineData("text/html"), InlineData("TEXT/HTML; charset=utf-8"), InlineData("application/xhtml+xml"), InlineData("image/svg+xml"), InlineData("text/xml")]
    [InlineData("Application/XML"), InlineData("unspecified"), InlineData("text"), InlineData("binary")]
    public async Task Content_that_a_browser_might_run_is_sandboxed(string contentType)
    {
        Answer answer = (await _api.DownloadAsync(await _api.StoreAsync("<script>alert(1)</script>", contentType: contentType))).Expect(200);

        Assert.Equal("sandbox; default-src 'none'", answer.Header("Content-Security-Policy"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
        Assert.StartsWith("attachment", answer.Header("Content-Disposition"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HEAD_says_the_same_without_the_bytes()
    {
        string url = await _api.DownloadUrlAsync(await _api.StoreAsync("0123456789"));

        Answer whole = (await _api.GetAsync(url)).Expect(200);
        Answer head = (await _api.SendAsync("HEAD", url)).Expect(200);

        Assert.Empty(head.Body);
        foreach (string header in new[] { "Content-Length", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges", "Content-Disposition", "X-Content-Type-Options", "Cache-Control" })
        {
            Assert.Equal(whole.Header(header), head.Header(header));
        }
    }

    [Fact]
    public async Task No_redirect_stands_between_a_client_and_its_bytes() =>
        Assert.Null((await _api.DownloadAsync(await _api.StoreAsync())).Expect(200).Header("Location"));

    [Fact]
    public async Task Many_readers_at_once_get_the_same_bytes()
    {
        byte[] bytes = Bytes.Random(Bytes.ManyBlocks);
        string url = await _api.DownloadUrlAsync(await _api.StoreAsync(bytes, new { name = "a", content_type = "binary" }));

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => _api.GetAsync(url)));

        Assert.All(answers, answer => Assert.True(bytes.AsSpan().SequenceEqual(answer.Body)));
    }
}
