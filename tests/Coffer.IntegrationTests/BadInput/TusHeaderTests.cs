using System.Text;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;
using static Coffer.IntegrationTests.Storage.TusCalls;

namespace Coffer.IntegrationTests.BadInput;

/// <summary>Headers of the tus protocol that say nonsense: refused with its status, and an upload that is there stays as it was.</summary>
public sealed class TusHeaderTests(SharedServer server)
{
    /// <summary>Values of Upload-Metadata beside the bucket, and the refusal.</summary>
    public static TheoryData<string, int, string> BrokenMetadata => new()
    {
        { "objectName %%%", 400, "Invalid upload-metadata" },
        { "objectName YQ", 400, "Invalid upload-metadata" }, // padding is missing
        { "objectName /w==", 400, "Invalid upload-metadata" }, // the byte 0xFF is no UTF-8
        { "objectName YQ== YQ==", 400, "Invalid upload-metadata" },
        { "objectName YQ==,objectName Yg==", 400, "Invalid upload-metadata" },
        { "objectName YQ==,filename %%%", 400, "Invalid upload-metadata" }, // one that means nothing here
        { "objectName", 400, "Invalid key: " },
        { "objectname YQ==", 400, "Invalid key: " }, // names have their letter case
        { $"objectName {Base64("a\0b")}", 400, "Invalid key: a\0b" },
        { $"objectName {Base64("a/./b")}", 400, "Invalid key: a/./b" },
        { $"objectName {Base64("..")}", 400, "Invalid key: .." },
        { $"objectName {Base64("k")},contentType {Base64("no type")}", 415, "mime type no type is not supported" },
        { $"objectName {Base64("k")},contentType {Base64("a/b\r\nX: y")}", 415, "mime type a/b\r\nX: y is not supported" },
    };

    [Theory, MemberData(nameof(BrokenMetadata))]
    public async Task Metadata_that_cannot_be_read_begins_nothing(string metadata, int status, string text)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        (await BeginAsync(api, $"bucketName {Base64(bucket)},{metadata}")).ExpectTus(status, text);

        Assert.Empty(await api.NamesAsync(bucket));
    }

    [Theory]
    [InlineData(""), InlineData(","), InlineData("bucketName"), InlineData("bucketName ,objectName YQ==")]
    public async Task Metadata_without_a_bucket_begins_nothing(string metadata) =>
        (await BeginAsync(await server.Accounts.NewAsync(), metadata)).ExpectTus(400, "Bucket name invalid");

    /// <summary>What clients are used to being forgiven.</summary>
    [Fact]
    public async Task Metadata_that_is_broken_only_in_what_is_optional_counts_as_not_said()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string[] optional = ["", $"metadata {Base64("{")}", $"metadata {Base64("[1]")}", $"cacheControl {Base64("soon")}", $"cacheControl {Base64("-1")}", "contentType", " , "];
        foreach ((int at, string more) in optional.Index())
        {
            Answer begun = (await BeginAsync(api, $"bucketName {Base64(bucket)}, objectName {Base64($"{at}")},{more}")).Expect(201);
            (await api.AppendAsync(PathOf(begun), 0, "abc"u8.ToArray())).Expect(204);

            Answer info = (await api.InfoAsync(bucket, $"{at}")).Expect(200);
            Assert.Equal(("{}", "no-cache", "application/octet-stream"), (info.Json.GetProperty("metadata").GetRawText(), info.Json.Text("cache_control"), info.Json.Text("content_type")));
        }
    }

    [Theory]
    [InlineData("-1"), InlineData("3.0"), InlineData("0x3"), InlineData("three"), InlineData(""), InlineData("9223372036854775808"), InlineData("3, 3")]
    public async Task A_length_that_is_no_number_is_refused(string length)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        (await api.SendAsync("POST", TusCalls.Path, null, [Version, ("Upload-Length", length), Naming(bucket)])).ExpectTus(400, "Invalid upload-length");

        string upload = await api.NewUploadAsync(bucket, "later", null);
        (await api.AppendAsync(upload, 0, "abc"u8.ToArray(), ("Upload-Length", length))).ExpectTus(400, "Invalid upload-length");
        Assert.Equal(0, await api.OffsetAsync(upload));
    }

    [Theory]
    [InlineData("0"), InlineData("2"), InlineData("true"), InlineData(""), InlineData("1, 1")]
    public async Task A_length_is_deferred_by_1_and_nothing_else(string deferred)
    {
        Api api = await server.Accounts.NewAsync();
        (await api.SendAsync("POST", TusCalls.Path, null, [Version, ("Upload-Defer-Length", deferred), Naming(await api.NewBucketAsync())]))
            .ExpectTus(400, "Invalid upload-defer-length");
    }

    [Fact]
    public async Task A_deferred_length_is_said_once_and_not_below_what_is_there()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string upload = await api.NewUploadAsync(bucket, "k", null);
        (await api.AppendAsync(upload, 0, "abc"u8.ToArray())).Expect(204);
        (await api.AppendAsync(upload, 3, [], ("Upload-Length", "2"))).ExpectTus(400, "the upload has 3 bytes already");
        (await api.AppendAsync(upload, 3, "d"u8.ToArray(), ("Upload-Length", "5"))).Expect(204);
        foreach (string other in new[] { "4", "6" })
        {
            (await api.AppendAsync(upload, 4, "e"u8.ToArray(), ("Upload-Length", other))).ExpectTus(400, "the upload has 5 bytes in all, as was said before");
        }

        Assert.Equal("1", (await api.AppendAsync(upload, 4, "e"u8.ToArray(), ("Upload-Length", "5"))).Expect(204).Header("Tus-Complete"));
        Assert.Equal("abcde", (await api.ReadAsync(bucket, "k")).Text);
    }

    [Fact]
    public async Task A_length_that_is_never_said_makes_no_object()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string upload = await api.NewUploadAsync(bucket, "k", null);
        (await api.AppendAsync(upload, 0, Bytes.Random(100_000))).Expect(204);
        Assert.Null((await api.AppendAsync(upload, 100_000, [])).Expect(204).Header("Tus-Complete"));

        Answer seen = (await api.LookAsync(upload)).Expect(200);
        Assert.Equal(("100000", "1", null, null), (seen.Header("Upload-Offset"), seen.Header("Upload-Defer-Length"), seen.Header("Upload-Length"), seen.Header("Tus-Complete")));
        (await api.ReadAsync(bucket, "k")).ExpectRefusal(404, "NoSuchKey");
        Assert.Empty(await api.NamesAsync(bucket));
        (await api.EndAsync(upload)).Expect(204);
    }

    [Theory]
    [InlineData("a"), InlineData("%20"), InlineData("YQ"), InlineData("..%2Fsign"), InlineData("YWJjLzAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVm")]
    public async Task An_id_that_names_nothing_is_not_found(string id)
    {
        Api api = await server.Accounts.NewAsync();
        (await api.LookAsync($"{TusCalls.Path}/{id}")).ExpectTus(404);
        (await api.AppendAsync($"{TusCalls.Path}/{id}", 0, [1])).ExpectTus(404, "The file for this url was not found");
        (await api.EndAsync($"{TusCalls.Path}/{id}")).ExpectTus(404, "The file for this url was not found");
    }

    private static (string, string) Version => ("Tus-Resumable", "1.0.0");

    private static (string, string) Naming(string bucket) => ("Upload-Metadata", Metadata(("bucketName", bucket), ("objectName", "k")));

    private static Task<Answer> BeginAsync(Api api, string metadata) =>
        api.SendAsync("POST", TusCalls.Path, null, [Version, ("Upload-Length", "3"), ("Upload-Metadata", metadata)]);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
