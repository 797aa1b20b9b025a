using System.Globalization;
using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.TusCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Resumable uploads on the wire.</summary>
public sealed class TusTests(SharedServer server)
{
    [Theory]
    [InlineData(TusCalls.Path), InlineData("/upload/resumable")]
    public async Task An_upload_in_pieces_becomes_an_object(string path)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        byte[] bytes = Random(250_000);
        string metadata = Metadata(
            ("bucketName", bucket), ("objectName", "a folder/b.txt"), ("contentType", "text/plain"),
            ("cacheControl", "60"), ("metadata", """{"a":{"b":1}}"""), ("filename", "ignored"));
        Answer begun = (await api.SendAsync(
            "POST", path, null, [("Tus-Resumable", "1.0.0"), ("Upload-Length", "250000"), ("Upload-Metadata", metadata)])).Expect(201);

        Assert.StartsWith($"{server.Process.BaseUrl.ToString().TrimEnd('/')}{path}/", begun.Header("Location"), StringComparison.Ordinal);
        Assert.Null(begun.Header("Upload-Offset"));
        DateTimeOffset expires = DateTimeOffset.ParseExact(begun.Header("Upload-Expires")!, "R", CultureInfo.InvariantCulture);
        Assert.InRange(expires - DateTimeOffset.UtcNow, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24.1));

        string upload = PathOf(begun);
        Answer first = (await api.AppendAsync(upload, 0, bytes[..100_001])).Expect(204);
        Assert.Equal(("100001", null), (first.Header("Upload-Offset"), first.Header("Tus-Complete")));
        Answer seen = (await api.LookAsync(upload)).Expect(200);
        Assert.Equal(
            ("100001", "250000", null, "no-store"),
            (seen.Header("Upload-Offset"), seen.Header("Upload-Length"), seen.Header("Upload-Defer-Length"), seen.Header("Cache-Control")));
        Assert.Equal(
            Metadata(
                ("bucketName", bucket), ("objectName", "a folder/b.txt"), ("contentType", "text/plain"), ("cacheControl", "max-age=60"),
                ("metadata", """{"a":{"b":1}}""")),
            seen.Header("Upload-Metadata"));
        (await api.ReadAsync(bucket, "a%20folder/b.txt")).ExpectRefusal(404, "NoSuchKey");
        Answer last = (await api.AppendAsync(upload, 100_001, bytes[100_001..])).Expect(204);
        Assert.Equal(("250000", "1"), (last.Header("Upload-Offset"), last.Header("Tus-Complete")));
        Assert.Equal(250_000, await api.OffsetAsync(upload));

        Answer read = (await api.ReadAsync(bucket, "a%20folder/b.txt")).Expect(200);
        Assert.Equal(bytes, read.Body);
        Assert.Equal(("text/plain", "max-age=60"), (read.ContentHeaders.ContentType!.MediaType, read.Header("Cache-Control")));
        Assert.EndsWith("-1\"", read.Header("ETag"), StringComparison.Ordinal);
        Assert.Equal("""{"a":{"b":1}}""", (await api.InfoAsync(bucket, "a%20folder/b.txt")).Json.GetProperty("metadata").GetRawText());
    }

    [Fact]
    public async Task An_encoding_is_kept_and_served_as_it_is()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        Task<Answer> Begin(string encoding) => api.SendAsync(
            "POST", TusCalls.Path, null,
            [
                ("Tus-Resumable", "1.0.0"), ("Upload-Length", "3"),
                ("Upload-Metadata", Metadata(("bucketName", bucket), ("objectName", "k"), ("contentEncoding", encoding))),
            ]);

        (await Begin("g\r\nzip")).ExpectTus(400, "Invalid character in contentEncoding");
        string upload = PathOf((await Begin("br")).Expect(201));
        Assert.Contains(Metadata(("contentEncoding", "br")), (await api.LookAsync(upload)).Header("Upload-Metadata"), StringComparison.Ordinal);
        (await api.AppendAsync(upload, 0, "abc"u8.ToArray())).Expect(204);

        Answer read = (await api.ReadAsync(bucket, "k")).Expect(200);
        Assert.Equal(("abc", "br"), (read.Text, read.Header("Content-Encoding")));
        Assert.Equal("br", (await api.InfoAsync(bucket, "k")).Json.Text("content_encoding"));
    }

    [Theory]
    [InlineData(null, """{"from":"header"}""")]
    [InlineData("""{"from":"list"}""", """{"from":"list"}""")]
    [InlineData("no JSON", "{}")] // said, so the header counts for nothing
    public async Task User_metadata_may_come_in_a_header_of_its_own(string? said, string kept)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        (string, string)[] pairs = [("bucketName", bucket), ("objectName", "k"), .. said is null ? Array.Empty<(string, string)>() : [("metadata", said)]];

        string upload = PathOf((await api.SendAsync(
            "POST", TusCalls.Path, null,
            [
                ("Tus-Resumable", "1.0.0"), ("Upload-Length", "3"), ("Upload-Metadata", Metadata(pairs)),
                ("x-metadata", Convert.ToBase64String("""{"from":"header"}"""u8)),
            ])).Expect(201));
        (await api.AppendAsync(upload, 0, "abc"u8.ToArray())).Expect(204);

        Assert.Equal(kept, (await api.InfoAsync(bucket, "k")).Expect(200).Json.GetProperty("metadata").GetRawText());
    }

    [Fact]
    public async Task A_beginning_may_carry_the_first_piece_or_all()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        Answer part = (await api.BeginAsync(bucket, "part", 10, Random(4))).Expect(201);
        Assert.Equal(("4", null), (part.Header("Upload-Offset"), part.Header("Tus-Complete")));
        Answer whole = (await api.BeginAsync(bucket, "whole", 4, "abcd"u8.ToArray())).Expect(201);
        Assert.Equal(("4", "1"), (whole.Header("Upload-Offset"), whole.Header("Tus-Complete")));
        Assert.Equal("abcd", (await api.ReadAsync(bucket, "whole")).Text);
        (await api.BeginAsync(bucket, "none", 0)).Expect(201);
        Assert.Empty((await api.ReadAsync(bucket, "none")).Expect(200).Body);
        (await api.BeginAsync(bucket, "more", 3, Random(4))).ExpectTus(413, "Maximum size exceeded");
    }

    [Fact]
    public async Task A_length_may_be_said_later()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string upload = await api.NewUploadAsync(bucket, "k", null);
        (await api.AppendAsync(upload, 0, "ab"u8.ToArray())).Expect(204);
        Answer seen = (await api.LookAsync(upload)).Expect(200);
        Assert.Equal(("1", null, "2"), (seen.Header("Upload-Defer-Length"), seen.Header("Upload-Length"), seen.Header("Upload-Offset")));
        (await api.AppendAsync(upload, 2, "c"u8.ToArray(), ("Upload-Length", "4"))).Expect(204);
        (await api.AppendAsync(upload, 3, "d"u8.ToArray(), ("Upload-Length", "5"))).ExpectTus(400);
        Assert.Equal("1", (await api.AppendAsync(upload, 3, "d"u8.ToArray())).Expect(204).Header("Tus-Complete"));
        Assert.Equal("abcd", (await api.ReadAsync(bucket, "k")).Text);
    }

    [Fact]
    public async Task Refusals_are_plain_text_with_the_status_that_is_meant()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync(sizeLimit: 100, types: ["text/*"]);
        (string, string) text = ("Upload-Metadata", Metadata(("bucketName", bucket), ("objectName", "k"), ("contentType", "text/plain")));
        Task<Answer> Begin(params (string, string)[] headers) => api.SendAsync("POST", TusCalls.Path, null, [("Tus-Resumable", "1.0.0"), .. headers]);
        (string, string) Says(string metadata) => ("Upload-Metadata", metadata);

        (await api.SendAsync("POST", TusCalls.Path, null, [("Upload-Length", "3"), text])).ExpectTus(412, "Tus-Resumable Required");
        (await api.SendAsync("POST", TusCalls.Path, null, [("Tus-Resumable", "0.2.2"), ("Upload-Length", "3"), text])).ExpectTus(412);
        (await Begin(text)).ExpectTus(400, "Upload-Length or Upload-Defer-Length header required");
        (await Begin(("Upload-Length", "-3"), text)).ExpectTus(400, "Invalid upload-length");
        (await Begin(("Upload-Length", "3"), ("Upload-Defer-Length", "1"), text)).ExpectTus(400, "Invalid upload-defer-length");
        (await Begin(("Upload-Length", "3"), Says("bucketName %%%"))).ExpectTus(400, "Invalid upload-metadata");
        (await Begin(("Upload-Length", "3"))).ExpectTus(400, "Bucket name invalid");
        (await Begin(("Upload-Length", "3"), Says(Metadata(("bucketName", bucket))))).ExpectTus(400, "Invalid key: ");
        (await Begin(("Upload-Length", "3"), Says(Metadata(("bucketName", bucket), ("objectName", "a/../b"), ("contentType", "text/plain"))))).ExpectTus(400, "Invalid key: a/../b");
        (await Begin(("Upload-Length", "3"), Says(Metadata(("bucketName", "nowhere"), ("objectName", "k"))))).ExpectTus(404, "Bucket not found");
        (await Begin(("Upload-Length", "3"), Says(Metadata(("bucketName", bucket), ("objectName", "k"))))).ExpectTus(415, "mime type application/octet-stream is not supported");
        (await Begin(("Upload-Length", "101"), text)).ExpectTus(413, "Maximum size exceeded");
        (await Begin(("Upload-Length", "3"), ("Upload-Concat", "partial"), text)).ExpectTus(501);

        string upload = PathOf((await Begin(("Upload-Length", "100"), text)).Expect(201));
        (await api.SendAsync("PATCH", upload, null, [("Tus-Resumable", "1.0.0")])).ExpectTus(403, "Upload-Offset header required");
        (await api.SendAsync("PATCH", upload, StorageCalls.TextOf("abc"), [("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0")])).ExpectTus(415);
        (await api.AppendAsync(upload, 1, Random(3))).ExpectTus(409, "Upload-Offset conflict");
        (await api.AppendAsync(upload, 0, Random(101))).ExpectTus(413, "Maximum size exceeded");
        (await api.AppendAsync(upload[..^8], 0, Random(3))).ExpectTus(404, "The file for this url was not found");
        (await api.SendAsync("POST", upload, null, [("Tus-Resumable", "1.0.0")])).ExpectTus(404, "Not found");
        Assert.Equal(0, await api.OffsetAsync(upload));

        (await api.SendObjectAsync("POST", bucket, "k", "taken")).Expect(200);
        (await api.AppendAsync(upload, 0, Random(100))).ExpectTus(409, "The resource already exists");
        (await Begin(("Upload-Length", "3"), text)).ExpectTus(409, "The resource already exists");
        (await api.AppendAsync(upload, 0, Random(100), ("x-upsert", "true"))).Expect(204);
        Assert.Equal(100, (await api.ReadAsync(bucket, "k")).Body.Length);
        (await api.EndAsync(upload)).ExpectTus(400, "Cannot terminate an already completed upload");
        (await api.GetAsync(upload)).ExpectRefusal(404, "InvalidRequest", http: 404);
    }

    [Fact]
    public async Task A_wrong_token_is_told_as_in_the_rest_of_the_API()
    {
        Api api = await server.Accounts.NewAsync();
        string upload = await api.NewUploadAsync(await api.NewBucketAsync(), "k", 3);
        (await api.WithKey(null).AppendAsync(upload, 0, Random(3))).ExpectRefusal(400, "InvalidRequest", message: "headers must have required property 'authorization'");
        (await api.WithKey("nobody's token of some length").AppendAsync(upload, 0, Random(3))).ExpectRefusal(403, "AccessDenied");
        (await api.WithKey(null).LookAsync(upload)).Expect(400);
    }

    [Fact]
    public async Task An_upload_is_not_found_by_others_and_ended_by_its_owner()
    {
        string account = await server.Accounts.NewNameAsync();
        Api api = await server.Accounts.KeyAsync(account);
        Api colleague = await server.Accounts.KeyAsync(account, "authenticated");
        string upload = await api.NewUploadAsync(await api.NewBucketAsync(), "k", 100_000);
        (await api.AppendAsync(upload, 0, Random(70_000))).Expect(204);
        foreach (Api other in new[] { colleague, await server.Accounts.NewAsync() })
        {
            (await other.LookAsync(upload)).ExpectTus(404);
            (await other.AppendAsync(upload, 70_000, Random(3))).ExpectTus(404, "The file for this url was not found");
            (await other.EndAsync(upload)).ExpectTus(404);
        }

        Api second = await server.Accounts.KeyAsync(account); // the service right may
        Assert.Equal(70_000, await second.OffsetAsync(upload));
        (await second.EndAsync(upload)).Expect(204);
        (await api.LookAsync(upload)).ExpectTus(404);
        (await api.EndAsync(upload)).ExpectTus(404);
    }

    [Fact]
    public async Task A_signed_link_uploads_without_a_key()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string token = (await api.UploadUrlAsync(bucket, "k")).Split("token=")[1];
        string other = (await api.UploadUrlAsync(bucket, "other")).Split("token=")[1];
        Api nobody = api.WithKey(null);
        string path = $"{TusCalls.Path}/sign";

        (await nobody.BeginAsync(bucket, "k", 3, null, path)).ExpectTus(400, "Missing x-signature header");
        (await nobody.BeginAsync(bucket, "k", 3, null, path, ("x-signature", "a.b.c"))).ExpectTus(400);
        (await nobody.BeginAsync(bucket, "another", 3, null, path, ("x-signature", token))).ExpectTus(400);
        Answer begun = (await nobody.BeginAsync(bucket, "k", 3, null, path, ("x-signature", token))).Expect(201);
        string upload = PathOf(begun);
        Assert.StartsWith($"{path}/", upload, StringComparison.Ordinal);
        (await nobody.LookAsync(upload, ("x-signature", other))).ExpectTus(404);
        (await nobody.AppendAsync(upload, 0, "abc"u8.ToArray())).ExpectTus(400, "Missing x-signature header");
        Assert.Equal("0", (await nobody.LookAsync(upload, ("x-signature", token))).Expect(200).Header("Upload-Offset"));
        Assert.Equal("1", (await nobody.AppendAsync(upload, 0, "abc"u8.ToArray(), ("x-signature", token))).Expect(204).Header("Tus-Complete"));

        Assert.Equal("abc", (await api.ReadAsync(bucket, "k")).Text);
        (await nobody.BeginAsync(bucket, "k", 3, null, path, ("x-signature", token))).ExpectTus(409, "The resource already exists");
    }

    [Fact]
    public async Task A_post_may_stand_for_other_methods()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string upload = await api.NewUploadAsync(bucket, "k", 3);
        Task<Answer> Post(string method, string text = "", params (string, string)[] headers) => api.SendAsync(
            "POST", upload, StorageCalls.TextOf(text, PieceType),
            [("Tus-Resumable", "1.0.0"), ("X-HTTP-Method-Override", method), .. headers]);

        Assert.Equal("2", (await Post("PATCH", "ab", ("Upload-Offset", "0"))).Expect(204).Header("Upload-Offset"));
        (await Post("DELETE")).Expect(204);
        (await api.LookAsync(upload)).ExpectTus(404);
    }

    [Theory]
    [InlineData(""), InlineData("/some-id"), InlineData("/sign"), InlineData("/sign/some-id")]
    public async Task Everybody_is_told_what_there_is(string end)
    {
        Answer options = (await server.Api.WithKey(null).SendAsync("OPTIONS", TusCalls.Path + end)).Expect(204);
        Assert.Equal(("1.0.0", "1.0.0"), (options.Header("Tus-Resumable"), options.Header("Tus-Version")));
        Assert.Equal("creation,creation-with-upload,creation-defer-length,termination,expiration", options.Header("Tus-Extension"));
        Assert.Equal((50L << 30).ToString(CultureInfo.InvariantCulture), options.Header("Tus-Max-Size"));
        Assert.Equal("*", options.Header("Access-Control-Allow-Origin"));
        Assert.Contains("x-signature", options.Header("Access-Control-Allow-Headers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_of_any_origin_may_upload_and_read_the_headers()
    {
        Api api = await server.Accounts.NewAsync();
        Answer begun = (await api.BeginAsync(await api.NewBucketAsync(), "k", 3, null, TusCalls.Path, ("Origin", "https://page.example"))).Expect(201);
        Assert.Equal("*", begun.Header("Access-Control-Allow-Origin"));
        Assert.Contains("Location, Tus-Resumable", begun.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Assert.Contains("Upload-Offset", begun.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Answer asked = (await api.WithKey(null).SendAsync(
            "OPTIONS", PathOf(begun), null,
            [("Origin", "https://page.example"), ("Access-Control-Request-Method", "PATCH"), ("Access-Control-Request-Headers", "tus-resumable, upload-offset, x-upsert")])).Expect(204);
        Assert.Equal(
            ("PATCH", "tus-resumable, upload-offset, x-upsert"),
            (asked.Header("Access-Control-Allow-Methods"), asked.Header("Access-Control-Allow-Headers")));
    }

    [Fact]
    public async Task A_connection_that_breaks_keeps_what_came_and_one_that_hangs_gives_way()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        byte[] bytes = Random(600_000);
        string upload = await api.NewUploadAsync(bucket, "k", bytes.Length);

        await using (await SendAsync(0, bytes.Length, 200_000))
        {
            await ArriveAsync();
        }

        long offset = await api.OffsetAsync(upload);
        for (int tries = 0; offset < 200_000 && tries < 50; tries++)
        {
            await Task.Delay(100); // the server has not seen the end of the connection yet
            offset = await api.OffsetAsync(upload);
        }

        Assert.Equal(200_000, offset);
        await using RawHttp hanging = await SendAsync(offset, bytes.Length, 150_000);
        await ArriveAsync();
        offset = await api.OffsetAsync(upload); // stops the one that hangs
        Assert.Equal(350_000, offset);
        Assert.Equal("1", (await api.AppendAsync(upload, offset, bytes[(int)offset..])).Expect(204).Header("Tus-Complete"));

        Assert.Equal(bytes, (await api.ReadAsync(bucket, "k")).Body);

        async Task<RawHttp> SendAsync(long from, int end, int sent)
        {
            RawHttp http = await RawHttp.ConnectAsync(server.Process);
            await http.SendAsync(
                $"PATCH {upload} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api.Token}\r\nTus-Resumable: 1.0.0\r\n"
                + $"Upload-Offset: {from}\r\nContent-Type: {PieceType}\r\nContent-Length: {end - from}\r\n\r\n");
            await http.SendAsync(bytes.AsMemory((int)from, sent));
            return http;
        }

        // Long enough for a loaded machine to have read what the connection holds.
        static Task ArriveAsync() => Task.Delay(1500);
    }

    private static byte[] Random(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
