using System.Text.Json;
using Coffer.ConformanceTests.Core;
using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Each error, by the request that provokes it, with every word that clients go by.</summary>
public sealed class ErrorCatalogueTests(SharedServer server)
{
    private static readonly string GoodSecret = Canary.JwtSecret;

    [Fact]
    public async Task A_bucket_that_is_not_there()
    {
        Api api = await server.Accounts.NewAsync();

        (await api.GetAsync($"{Root}/bucket/nothing")).ExpectRefusal(404, "NoSuchBucket", "Bucket not found", "Bucket not found");
        (await api.ReadAsync("nothing", "key")).ExpectRefusal(404, "NoSuchBucket");
        (await api.SendObjectAsync("POST", "nothing", "key", "text")).ExpectRefusal(404, "NoSuchBucket");
        (await api.DeleteAsync($"{Root}/bucket/nothing")).ExpectRefusal(404, "NoSuchBucket");
        (await api.SendAsync("PUT", $"{Root}/bucket/nothing", TextOf("""{"public":true}""", "application/json"))).ExpectRefusal(404, "NoSuchBucket");
        (await api.PostAsync($"{Root}/bucket/nothing/empty")).ExpectRefusal(404, "NoSuchBucket");
    }

    [Fact]
    public async Task An_object_that_is_not_there()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        (await api.ReadAsync(bucket, "nothing")).ExpectRefusal(404, "NoSuchKey", "not_found", "Object not found");
        (await api.InfoAsync(bucket, "nothing")).ExpectRefusal(404, "NoSuchKey");
        (await api.DeleteAsync($"{Root}/object/{bucket}/nothing")).ExpectRefusal(404, "NoSuchKey");
        (await api.SignAsync(bucket, "nothing")).ExpectRefusal(404, "NoSuchKey");
        (await MoveAsync(api, bucket, "nothing", "b")).ExpectRefusal(404, "NoSuchKey");
    }

    [Fact]
    public async Task A_HEAD_that_is_refused_has_no_body()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        Answer answer = await api.SendAsync("HEAD", $"{Root}/object/{bucket}/nothing");

        answer.Expect(400);
        Assert.Empty(answer.Body);
        Assert.Null(answer.Header("Content-Type"));
    }

    [Fact]
    public async Task What_is_taken()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");
        (await api.SendObjectAsync("POST", bucket, "b", "b")).Expect(200);

        (await api.PostAsync($"{Root}/bucket", new { name = bucket })).ExpectRefusal(409, "BucketAlreadyExists", "Duplicate", "The resource already exists");
        (await api.SendObjectAsync("POST", bucket, "a", "b")).ExpectRefusal(409, "KeyAlreadyExists", "Duplicate", "The resource already exists");
        (await CopyAsync(api, bucket, "a", "b")).ExpectRefusal(409, "KeyAlreadyExists", "Duplicate");
        (await MoveAsync(api, bucket, "a", "b")).ExpectRefusal(409, "ResourceAlreadyExists", "Duplicate", "The resource already exists");
        (await api.SendAsync("POST", $"{Root}/object/upload/sign/{bucket}/a")).ExpectRefusal(409, "KeyAlreadyExists", "Duplicate");
    }

    [Fact]
    public async Task A_bucket_that_is_not_empty()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");

        (await api.DeleteAsync($"{Root}/bucket/{bucket}"))
            .ExpectRefusal(409, "ResourceNotEmpty", "ResourceNotEmpty", "The bucket you tried to delete is not empty");
        Assert.Equal("content", (await api.ReadAsync(bucket, "a")).Expect(200).Text);
    }

    [Fact]
    public async Task A_bucket_to_move_into_that_is_not_there()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");

        (await MoveAsync(api, bucket, "a", "b", "nothing")).ExpectRefusal(404, "InvalidRequest", "InvalidRequest", "The related resource does not exist");
        (await CopyAsync(api, bucket, "a", "b", "nothing")).ExpectRefusal(404, "InvalidRequest");
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("bücket")]
    [InlineData("a#b")]
    [InlineData("some--table-s3")]
    [InlineData("a123456789b123456789c123456789d123456789e123456789f123456789g123456789h123456789i123456789j123456789k")]
    public async Task A_name_that_no_bucket_has(string name) =>
        (await (await server.Accounts.NewAsync()).PostAsync($"{Root}/bucket", new { name }))
            .ExpectRefusal(400, "InvalidBucketName", "Invalid Input", "Bucket name invalid");

    [Theory]
    [InlineData("12XB", "Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B")]
    [InlineData("MB", "Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B")]
    public async Task A_size_that_is_none(string limit, string message) =>
        (await (await server.Accounts.NewAsync()).PostAsync($"{Root}/bucket", new { name = NewName(), file_size_limit = limit }))
            .ExpectRefusal(400, "InvalidRequest", "InvalidRequest", message);

    [Fact]
    public async Task A_limit_above_that_of_the_installation() =>
        (await (await server.Accounts.NewAsync()).PostAsync($"{Root}/bucket", new { name = NewName(), file_size_limit = "900GB" }))
            .ExpectRefusal(413, "EntityTooLarge", "Payload too large", "The object exceeded the maximum allowed size");

    [Fact]
    public async Task A_media_type_that_a_bucket_does_not_take()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync(types: ["image/*", "text/csv"]);

        (await api.SendObjectAsync("POST", bucket, "a", "text")).ExpectRefusal(415, "InvalidMimeType", "invalid_mime_type", "mime type text/plain is not supported");
        (await api.PostAsync($"{Root}/bucket", new { name = NewName(), allowed_mime_types = new[] { "images" } }))
            .ExpectRefusal(415, "InvalidMimeType", "invalid_mime_type", "mime type images is not supported");
        Assert.Empty(await api.NamesAsync(bucket));
    }

    [Fact]
    public async Task A_Content_Type_that_cannot_be_read()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", TextOf("text", "text/")))
            .ExpectRefusal(415, "InvalidMimeType", "invalid_mime_type", "Invalid Content-Type header");
        (await api.SendAsync("POST", $"{Root}/bucket", TextOf("{}", "application/")))
            .ExpectRefusal(415, "InvalidMimeType", "invalid_mime_type", "Invalid Content-Type header");
    }

    [Fact]
    public async Task No_token_where_one_is_needed()
    {
        Api nobody = server.Api.WithKey(null);

        foreach ((string method, string path) in new[] { ("GET", "/bucket"), ("GET", "/object/authenticated/a/b"), ("POST", "/object/a/b"), ("DELETE", "/object/a/b"), ("GET", "/health") })
        {
            (await nobody.SendAsync(method, Root + path)).ExpectRefusal(400, "InvalidRequest", "Error", "headers must have required property 'authorization'");
        }
    }

    /// <summary>A token with half a character in a name of its header, which nobody needs a secret for.</summary>
    private static string HalfACharacter => ConformanceTests.Core.Tokens.Hs256(
        "any secret", new { role = "service_role" }, """{"\ud800aaaa":1,"alg":"HS256"}"""u8.ToArray());

    /// <summary>A token that ends where its signature would begin.</summary>
    private static string Unsigned(string algorithm) => ConformanceTests.Core.Tokens.Sign(new { alg = algorithm }, new { role = "service_role" }, _ => []);

    public static TheoryData<string, string> Tokens() => new()
    {
        { "garbage", "Invalid Compact JWS" },
        { "", "Invalid Compact JWS" },
        { "coffer_00000000000000000000000000000000000", "Invalid Compact JWS" },
        { "a.b.c", "JWS Protected Header is invalid" },
        { HalfACharacter, "JWS Protected Header is invalid" },
        { ConformanceTests.Core.Tokens.Hs256("another secret of thirty-two bytes", new { role = "service_role" }), "signature verification failed" },
        { Unsigned("none"), "Invalid Compact JWS" },
        { Unsigned("none") + "AAAA", "\"alg\" (Algorithm) Header Parameter value not allowed" },
        { ConformanceTests.Core.Tokens.Hs256(GoodSecret, new { role = "service_role" }, new { alg = "none" }), "\"alg\" (Algorithm) Header Parameter value not allowed" },
        { ConformanceTests.Core.Tokens.Hs256(GoodSecret, new { role = "service_role" }, new { alg = "RS256" }), "\"alg\" (Algorithm) Header Parameter value not allowed" },
        { Unsigned("HS256"), "Invalid Compact JWS" },
        { ConformanceTests.Core.Tokens.Hs256(GoodSecret, new { role = "service_role", more = new string('a', 10_000) }), "Invalid Compact JWS" }, // longer than is looked at
        { ConformanceTests.Core.Tokens.Hs256(GoodSecret, new { role = "service_role" }, new { alg = "HS512" }), "\"alg\" (Algorithm) Header Parameter value not allowed" },
        { ConformanceTests.Core.Tokens.Hs256(GoodSecret, new { role = "service_role", exp = 1_000_000 }), "\"exp\" claim timestamp check failed" },
        { ConformanceTests.Core.Tokens.Hs256(GoodSecret, new { role = "service_role", nbf = 9_000_000_000 }), "\"nbf\" claim timestamp check failed" },
    };

    [Theory, MemberData(nameof(Tokens))]
    public async Task A_token_that_is_good_for_nothing(string token, string message)
    {
        Api api = server.Api.WithKey(token);

        (await api.GetAsync($"{Root}/bucket")).ExpectRefusal(403, "AccessDenied", "Unauthorized", message);
        (await api.PostAsync($"{Root}/bucket/a/empty")).ExpectRefusal(403, "AccessDenied", "Unauthorized", message);
        (await api.ReadAsync("nothing", "key")).ExpectRefusal(404, "NoSuchBucket"); // where no token is needed it is as good as none
    }

    [Fact]
    public async Task A_token_that_no_text_can_be_read_from_is_good_for_nothing_elsewhere_either()
    {
        Api nobody = server.Api.WithKey(null);

        (await nobody.GetAsync($"{Root}/object/sign/a/b?token={HalfACharacter}"))
            .ExpectRefusal(400, "InvalidJWT", "InvalidJWT", "JWS Protected Header is invalid");
        (await nobody.WithKey(HalfACharacter).GetAsync("/v1/objects")).ExpectError(401, "token_invalid");
    }

    [Fact]
    public async Task What_no_policy_allows()
    {
        string account = await server.Accounts.NewNameAsync();
        Api service = await server.Accounts.KeyAsync(account);
        Api weak = await server.Accounts.KeyAsync(account, "authenticated");
        string bucket = await service.NewBucketWithAsync("a");

        Answer refused = await weak.SendObjectAsync("POST", bucket, "b", "text");
        refused.ExpectRefusal(403, "AccessDenied", "Unauthorized", "new row violates row-level security policy");
        Assert.NotEmpty(refused.Header("x-coffer-decision")!); // by which it can be explained
        (await weak.PostAsync($"{Root}/bucket", new { name = NewName() })).ExpectRefusal(403, "AccessDenied", "Unauthorized", "new row violates row-level security policy");
        (await weak.ReadAsync(bucket, "a")).ExpectRefusal(404, "NoSuchKey");
        (await weak.GetAsync($"{Root}/bucket/{bucket}")).ExpectRefusal(404, "NoSuchBucket");
        (await weak.DeleteAsync($"{Root}/object/{bucket}/a")).ExpectRefusal(404, "NoSuchKey");
        Assert.Equal("[]", (await weak.GetAsync($"{Root}/bucket")).Expect(200).Text);
        Assert.Empty(await weak.NamesAsync(bucket));
    }

    [Fact]
    public async Task What_may_be_seen_but_not_deleted()
    {
        string account = await server.Accounts.NewNameAsync();
        Api service = await server.Accounts.KeyAsync(account);
        Api weak = await server.Accounts.KeyAsync(account, "authenticated");
        string bucket = await service.NewBucketWithAsync("a");
        (await service.SendAsync("PUT", "/admin/v1/policies", TextOf($$"""{"policies":[{"preset":"public-read","bucket":"{{bucket}}"}]}""", "application/json"))).Expect(200);

        Answer refused = await weak.DeleteAsync($"{Root}/object/{bucket}/a");

        refused.ExpectRefusal(403, "AccessDenied", "Unauthorized", "Access denied");
        Assert.NotEmpty(refused.Header("x-coffer-decision")!);
        (await weak.DeleteAsync($"{Root}/object/{bucket}/b")).ExpectRefusal(404, "NoSuchKey", "not_found", "Object not found");
        Assert.Equal("[]", (await weak.SendAsync("DELETE", $"{Root}/object/{bucket}", TextOf("""{"prefixes":["a"]}""", "application/json"))).Expect(200).Text);
        Assert.Equal("content", (await weak.ReadAsync(bucket, "a")).Expect(200).Text);
    }

    [Theory]
    [InlineData("a%5Bb", "a[b")]
    [InlineData("%C3%A4", "ä")]
    [InlineData("a/%2E%2E/b", "a/../b")]
    public async Task A_key_that_no_object_has(string sent, string key)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");

        (await CopyAsync(api, bucket, "a", key)).ExpectRefusal(400, "InvalidKey", "InvalidKey", $"Invalid key: {key}");
        (await MoveAsync(api, bucket, "a", key)).ExpectRefusal(400, "InvalidKey", "InvalidKey", $"Invalid key: {key}");
        if (!sent.Contains("%2E", StringComparison.Ordinal)) // which the test's own client would resolve
        {
            (await api.SendObjectAsync("POST", bucket, sent, "text")).ExpectRefusal(400, "InvalidKey", "InvalidKey", $"Invalid key: {key}");
        }
    }

    [Fact]
    public async Task A_link_that_is_over_or_made_by_others()
    {
        string bucket = await server.Api.NewBucketWithAsync("a");
        Api nobody = server.Api.WithKey(null);
        object claims = new { url = $"{bucket}/a", scope = "download", iat = 1_000_000, exp = 1_000_001 };

        (await nobody.GetAsync($"{Root}/object/sign/{bucket}/a?token={ConformanceTests.Core.Tokens.Hs256(GoodSecret, claims)}"))
            .ExpectRefusal(400, "InvalidJWT", "InvalidJWT", "\"exp\" claim timestamp check failed");
        (await nobody.GetAsync($"{Root}/object/sign/{bucket}/a?token={ConformanceTests.Core.Tokens.Hs256("another secret of thirty-two bytes", claims)}"))
            .ExpectRefusal(400, "InvalidJWT", "InvalidJWT", "signature verification failed");
        string elsewhere = ConformanceTests.Core.Tokens.Hs256(GoodSecret, new { url = $"{bucket}/b", scope = "download" });
        (await nobody.GetAsync($"{Root}/object/sign/{bucket}/a?token={elsewhere}"))
            .ExpectRefusal(400, "InvalidSignature", "InvalidSignature", "Invalid signature");
    }

    [Fact]
    public async Task What_is_too_large()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync(sizeLimit: 3);

        foreach (HttpContent content in (HttpContent[])[TextOf("four"), Unsized("four"u8.ToArray()), Forms.Of(Forms.File("four"), Forms.End)])
        {
            (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", content))
                .ExpectRefusal(413, "EntityTooLarge", "Payload too large", "The object exceeded the maximum allowed size");
        }

        Assert.Empty(await api.NamesAsync(bucket));
    }

    [Fact]
    public async Task Forms_and_updates_without_what_they_are_for()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        Answer form = await api.SendAsync("POST", $"{Root}/object/{bucket}/a", Forms.Of(Forms.Field("cacheControl", "60"), Forms.End));
        form.ExpectRefusal(400, "InvalidRequest", "InvalidRequest");
        Assert.StartsWith("No content provided", form.Json.Text("message"), StringComparison.Ordinal);
        (await api.SendAsync("PUT", $"{Root}/bucket/{bucket}", TextOf("""{"id":"a"}""", "application/json"))).ExpectRefusal(400, "InvalidRequest", "Error");
    }

    [Theory]
    [InlineData("POST", "/bucket/a/empty")]
    [InlineData("DELETE", "/cdn")]
    [InlineData("DELETE", "/cdn/a")]
    [InlineData("DELETE", "/cdn/a/b")]
    public async Task What_only_the_service_right_may_do(string method, string path)
    {
        Api weak = await server.Accounts.KeyAsync(await server.Accounts.NewNameAsync(), "authenticated");

        (await weak.SendAsync(method, Root + path)).ExpectRefusal(403, "AccessDenied", "Unauthorized", "Access denied: Invalid role", http: 403);
    }

    [Theory]
    [InlineData("/bucket", "{}", "body must have required property 'name'")]
    [InlineData("/bucket", """{"name":{}}""", "body/name must be string")]
    [InlineData("/bucket", """{"name":"a","public":"maybe"}""", "body/public must be boolean")]
    [InlineData("/bucket", """{"name":"a","public":"\ud800"}""", "body/public is not well-formed Unicode")]
    [InlineData("/bucket", """{"name":"a","\ud800":1}""", "a member's name is not well-formed Unicode")]
    [InlineData("/bucket", "", "body must be object, but is empty")]
    [InlineData("/object/list/a", "{}", "body must have required property 'prefix'")]
    [InlineData("/object/list/a", """{"prefix":"","limit":0}""", "body/limit must be >= 1")]
    [InlineData("/object/list/a", """{"prefix":"","offset":-1}""", "body/offset must be >= 0")]
    [InlineData("/object/list/a", """{"prefix":"","limit":"many"}""", "body/limit must be integer")]
    [InlineData("/object/list/a", """{"prefix":"","limit":"\ud800"}""", "body/limit is not well-formed Unicode")]
    [InlineData("/object/list/a", """{"prefix":"","sortBy":{"\ud800\ud800":1}}""", "a member's name is not well-formed Unicode")]
    [InlineData("/object/list/a", """{"prefix":"","sortBy":{}}""", "body/sortBy must have required property 'column'")]
    [InlineData("/object/list/a", """{"prefix":"","sortBy":{"column":"size"}}""", "body/sortBy/column must be equal to one of the allowed values: name, updated_at, created_at, last_accessed_at")]
    [InlineData("/object/sign/a/b", "{}", "body must have required property 'expiresIn'")]
    [InlineData("/object/sign/a/b", """{"expiresIn":0}""", "body/expiresIn must be >= 1")]
    [InlineData("/object/sign/a/b", """{"expiresIn":"\ud800"}""", "body/expiresIn is not well-formed Unicode")]
    [InlineData("/object/sign/a", """{"expiresIn":1,"paths":["\ud800"]}""", "body/paths/0 is not well-formed Unicode")]
    [InlineData("/object/sign/a", """{"expiresIn":1,"paths":[]}""", "body/paths must NOT have fewer than 1 items")]
    [InlineData("/object/sign/a", """{"expiresIn":1,"paths":[{}]}""", "body/paths/0 must be string")]
    [InlineData("/object/move", """{"bucketId":"a","sourceKey":"b"}""", "body must have required property 'destinationKey'")]
    public async Task A_body_that_breaks_a_rule(string path, string body, string message) =>
        (await (await server.Accounts.NewAsync()).PostAsync(Root + path, body)).ExpectRefusal(400, "InvalidRequest", "Error", message);

    [Theory]
    [InlineData("limit=0", "querystring/limit must be >= 1")]
    [InlineData("offset=-1", "querystring/offset must be >= 0")]
    [InlineData("sortColumn=size", "querystring/sortColumn must be equal to one of the allowed values")]
    public async Task A_query_that_breaks_a_rule(string query, string message) =>
        (await (await server.Accounts.NewAsync()).GetAsync($"{Root}/bucket?{query}")).ExpectRefusal(400, "InvalidRequest", "Error", message);

    [Fact]
    public async Task Texts_that_are_no_JSON()
    {
        Api api = await server.Accounts.NewAsync();

        (await api.PostAsync($"{Root}/bucket", "{\"name\"")).ExpectRefusal(400, "InvalidRequest", "Error");
        (await api.PostAsync($"{Root}/bucket", "[1]")).ExpectRefusal(400, "InvalidRequest", "Error");
        (await api.PostAsync($"{Root}/object/move", "\"text\"")).ExpectRefusal(400, "InvalidRequest", "Error");
    }

    [Fact]
    public async Task A_JSON_body_above_its_limit()
    {
        string body = JsonSerializer.Serialize(new { name = new string('a', 1 << 20) });

        (await (await server.Accounts.NewAsync()).PostAsync($"{Root}/bucket", body)).ExpectRefusal(413, "EntityTooLarge", "Payload too large", "Request body is too large", http: 413);
        (await (await server.Accounts.NewAsync()).SendAsync("POST", $"{Root}/bucket", Unsized(System.Text.Encoding.UTF8.GetBytes(body), "application/json")))
            .ExpectRefusal(413, "EntityTooLarge", http: 413);
    }

    [Fact]
    public async Task An_end_that_no_calendar_has()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");

        (await api.SignAsync(bucket, "a", new { expiresIn = 9_100_000_000_000 })).ExpectRefusal(400, "InvalidParameter", "InvalidParameter", "Invalid Parameter expiresIn");
        (await api.PostAsync($"{Root}/object/list-v2/{bucket}", new { cursor = "bm90aGluZw" }))
            .ExpectRefusal(400, "InvalidParameter", "InvalidParameter", "Invalid Parameter continuation token");
    }

    [Theory]
    [InlineData("bytes=7-")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("bytes=x")]
    public async Task A_range_that_there_is_not(string range)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a", "content");

        Answer answer = await api.ReadAsync(bucket, "a", ("Range", range));

        answer.ExpectRefusal(416, "InvalidRange", "invalid_range", "invalid range provided", http: 416);
        Assert.Equal("bytes */7", answer.Header("Content-Range"));
    }

    [Theory]
    [InlineData("GET", "/render/image/public/a/b.png")]
    [InlineData("GET", "/render/image/authenticated/a/b.png?width=10")]
    [InlineData("GET", "/render/image/sign/a/b.png?token=x")]
    public async Task Features_that_are_not_there(string method, string path) =>
        (await server.Api.WithKey(null).SendAsync(method, Root + path)).ExpectRefusal(403, "FeatureNotEnabled", "FeatureNotEnabled", http: 403);

    [Theory]
    [InlineData("GET", "/storage/v1/nothing")]
    [InlineData("GET", "/storage/v1")]
    [InlineData("PATCH", "/storage/v1/bucket")]
    [InlineData("GET", "/object")]
    [InlineData("POST", "/bucket/a/lifecycle")]
    [InlineData("POST", "/object/a")]
    [InlineData("GET", "/render/image/other/a/b")]
    [InlineData("GET", "/storage/v1/iceberg/v1/config")]
    [InlineData("POST", "/storage/v1/iceberg/bucket")]
    [InlineData("POST", "/storage/v1/vector/CreateIndex")]
    public async Task Routes_that_are_not_there(string method, string path) =>
        (await server.Api.SendAsync(method, path)).ExpectRefusal(404, "InvalidRequest", "Not Found", $"Route {method}:{path} not found", http: 404);

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task Too_few_or_too_many_paths_to_sign(int count)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");

        (await SignAsync(count)).ExpectRefusal(400, "InvalidRequest", "Error");
        Assert.Equal(1000, (await SignAsync(1000)).Expect(200).Json.GetArrayLength());

        Task<Answer> SignAsync(int paths) =>
            api.PostAsync($"{Root}/object/sign/{bucket}", new { expiresIn = 60, paths = Enumerable.Repeat("a", paths) });
    }

    [Fact]
    public async Task Robots_and_headers_that_cannot_be_sent_back()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();

        Answer robots = await api.SendObjectAsync("POST", bucket, "a", "text", ("x-robots-tag", "noindex, obey"));
        robots.ExpectRefusal(400, "InvalidRequest", "invalid_x_robots_tag");
        Assert.StartsWith("Invalid X-Robots-Tag header: ", robots.Json.Text("message"), StringComparison.Ordinal);
        (await api.SendAsync("POST", $"{Root}/object/{bucket}/a", Forms.Of(Forms.Field("cacheControl", "60\u00e9"), Forms.File("text"), Forms.End)))
            .ExpectRefusal(400, "InvalidRequest", "invalid_header_char");
        Assert.Empty(await api.NamesAsync(bucket));
    }

    private static Task<Answer> MoveAsync(Api api, string bucket, string from, string to, string? into = null) =>
        api.PostAsync($"{Root}/object/move", new { bucketId = bucket, sourceKey = from, destinationKey = to, destinationBucket = into });

    private static Task<Answer> CopyAsync(Api api, string bucket, string from, string to, string? into = null) =>
        api.PostAsync($"{Root}/object/copy", new { bucketId = bucket, sourceKey = from, destinationKey = to, destinationBucket = into });
}
