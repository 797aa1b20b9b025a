using System.Text;
using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Uploads as forms.</summary>
public sealed class UploadFormTests(SharedServer server)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fields_count_before_the_file_and_behind_it(bool before)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string fields = Forms.Field("cacheControl", "120") + Forms.Field("metadata", """{"a":{"b":[1]}}""") + Forms.Field("contentType", "text/csv")
            + Forms.Field("contentEncoding", "br") + Forms.Field("unknown", "x");
        string file = Forms.File("the file", name: "");

        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", Forms.Of(before ? fields + file : file + fields, Forms.End))).Expect(200);

        Answer info = (await api.InfoAsync(bucket, "a")).Expect(200);
        Assert.Equal("""{"a":{"b":[1]}}""", info.Json.GetProperty("metadata").GetRawText());
        Assert.Equal(("max-age=120", "text/csv", "br"), (info.Json.Text("cache_control"), info.Json.Text("content_type"), info.Json.Text("content_encoding")));
        Answer read = (await api.ReadAsync(bucket, "a")).Expect(200);
        Assert.Equal(("the file", "br"), (read.Text, read.Header("Content-Encoding")));
    }

    [Fact]
    public async Task A_type_said_behind_the_file_is_held_against_the_bucket()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync(types: ["image/png"]);

        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", Forms.Of(Forms.File("x", type: "image/png"), Forms.Field("contentType", "text/html"), Forms.End)))
            .ExpectRefusal(415, "InvalidMimeType");
        Assert.Empty(await api.NamesAsync(bucket));
    }

    [Fact]
    public async Task Large_files_stream_through()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        byte[] bytes = Bytes.Random(5_000_000);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", "large.bin" } };

        (await api.SendAsync("POST", $"{Root}/object/{bucket}/large.bin", form)).Expect(200);

        Answer read = (await api.ReadAsync(bucket, "large.bin")).Expect(200);
        Assert.Equal(bytes, read.Body);
#pragma warning disable CA5351 // the entity tag that clients compare
        Assert.Equal($"\"{Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(bytes))}\"", read.Header("ETag"));
#pragma warning restore CA5351
    }

    public static TheoryData<string, string, string> Broken() => new()
    {
        { "no boundary", Forms.File("x") + Forms.End, "multipart/form-data" },
        { "no file", Forms.Field("a", "b") + Forms.End, $"multipart/form-data; boundary={Forms.Boundary}" },
        { "no end", Forms.File("x"), $"multipart/form-data; boundary={Forms.Boundary}" },
        { "no end of a field", Forms.File("x") + $"--{Forms.Boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nva", $"multipart/form-data; boundary={Forms.Boundary}" },
        { "nothing", "", $"multipart/form-data; boundary={Forms.Boundary}" },
        { "another boundary", Forms.File("x") + Forms.End, "multipart/form-data; boundary=other" },
        { "two files", Forms.File("x") + Forms.File("y") + Forms.End, $"multipart/form-data; boundary={Forms.Boundary}" },
        { "eleven fields", string.Concat(Enumerable.Range(0, 11).Select(i => Forms.Field($"f{i}", "v"))) + Forms.File("x") + Forms.End, $"multipart/form-data; boundary={Forms.Boundary}" },
        { "a part without disposition", $"--{Forms.Boundary}\r\nX: y\r\n\r\nx\r\n" + Forms.End, $"multipart/form-data; boundary={Forms.Boundary}" },
    };

    [Theory, MemberData(nameof(Broken))]
    public async Task A_form_that_is_broken_is_refused_and_leaves_nothing(string fault, string body, string type)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        Answer answer = await api.SendAsync("POST", $"{Root}/object/{bucket}/a", Forms.Raw(body, type));

        Assert.Contains("\"code\":\"InvalidRequest\"", answer.ExpectRefusal(400, "InvalidRequest").Text, StringComparison.Ordinal);
        Assert.Empty(await api.NamesAsync(bucket));
        Assert.NotEmpty(fault);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_fields_together_are_bounded_before_the_write_is_judged(bool before)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string metadata = Forms.Field("metadata", $"{{\"a\":\"{new string('a', (1 << 20) - 8)}\"}}"); // as much as is allowed
        string more = Forms.Field("cacheControl", "120") + Forms.Field("unknown", new string('x', 60 * 1024));
        string fields = Forms.Field("unknown", new string('x', 600_000)), file = Forms.File("x");

        (await api.SendAsync("POST", $"{Root}/object/{bucket}/fits", Forms.Of(before ? metadata + more + file : file + metadata + more, Forms.End))).Expect(200);
        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", Forms.Of(before ? fields + fields + file : file + fields + fields, Forms.End)))
            .ExpectRefusal(400, "InvalidRequest", message: "Multipart: all fields of a form together have at most 1114112 bytes");
        Assert.Equal(["fits"], await api.NamesAsync(bucket));
    }

    [Fact]
    public async Task Metadata_that_is_no_JSON_is_as_good_as_none()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        foreach (string metadata in new[] { "text", "[1]", "{\"a\":", "{\"a\":\"\\ud800\"}", "{} {}" })
        {
            (await api.SendAsync("PUT", $"{Root}/object/{bucket}/a", Forms.Of(Forms.Field("metadata", metadata), Forms.File("x"), Forms.End))).Expect(200);
            Assert.Equal("{}", (await api.InfoAsync(bucket, "a")).Expect(200).Json.GetProperty("metadata").GetRawText());
            string header = Convert.ToBase64String(Encoding.UTF8.GetBytes(metadata));
            (await api.SendObjectAsync("PUT", bucket, "a", "x", ("x-metadata", header))).Expect(200);
            Assert.Equal("{}", (await api.InfoAsync(bucket, "a")).Expect(200).Json.GetProperty("metadata").GetRawText());
        }

        (await api.SendObjectAsync("PUT", bucket, "a", "x", ("x-metadata", "no base64!"))).Expect(200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Metadata_above_one_mebibyte_is_refused(bool before)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string field = Forms.Field("metadata", $"{{\"a\":\"{new string('a', 1 << 20)}\"}}");
        string file = Forms.File("x");

        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", Forms.Of(before ? field + file : file + field, Forms.End)))
            .ExpectRefusal(413, "EntityTooLarge", "Payload too large", "The user_metadata exceeded the maximum allowed size");
        Assert.Empty(await api.NamesAsync(bucket));
    }
}
