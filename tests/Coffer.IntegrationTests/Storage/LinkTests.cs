using System.Buffers.Text;
using System.Text.Json;
using Coffer.ConformanceTests.Core;
using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Signed URLs: each is good for one object, one use and some time.</summary>
public sealed class LinkTests(SharedServer server)
{
    [Fact]
    public async Task A_link_opens_its_object_and_no_other()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a/b.txt");
        (await api.SendObjectAsync("POST", bucket, "other.txt", "other")).Expect(200);
        string second = await api.NewBucketWithAsync("a/b.txt", "of the second");
        string url = await api.SignedUrlAsync(bucket, "a/b.txt");
        string token = url[(url.IndexOf("token=", StringComparison.Ordinal) + 6)..];
        Api nobody = api.WithKey(null);

        Answer read = (await nobody.GetAsync(url)).Expect(200);
        Assert.Equal("content", read.Text);
        Assert.Null(read.Header("Cache-Control"));
        Assert.NotNull(read.Header("Expires"));
        (await nobody.SendAsync("HEAD", url)).Expect(200);
        (await nobody.GetAsync($"{Root}/object/sign/{bucket}/other.txt?token={token}")).ExpectRefusal(400, "InvalidSignature", "InvalidSignature");
        (await nobody.GetAsync($"{Root}/object/sign/{second}/a/b.txt?token={token}")).ExpectRefusal(400, "InvalidSignature");
        (await nobody.GetAsync($"{Root}/object/sign/{bucket}/a/b.txt")).ExpectRefusal(400, "InvalidRequest", "Error", "querystring must have required property 'token'");
        (await nobody.GetAsync($"{Root}/object/sign/{bucket}/a/b.txt?token=x")).ExpectRefusal(400, "InvalidJWT", "InvalidJWT", "Invalid Compact JWS");
        (await nobody.GetAsync(url[..^3] + "AAA")).ExpectRefusal(400, "InvalidJWT", "InvalidJWT", "signature verification failed");
        (await nobody.WithKey(token).GetAsync($"{Root}/bucket")).Expect(400); // and is no session
    }

    [Fact]
    public async Task A_link_to_read_uploads_nothing_and_the_reverse()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");
        string read = (await api.SignedUrlAsync(bucket, "a")).Split("token=")[1];
        string write = (await api.UploadUrlAsync(bucket, "a", ("x-upsert", "true"))).Split("token=")[1];
        Api nobody = api.WithKey(null);

        (await nobody.SendAsync("PUT", $"{Root}/object/upload/sign/{bucket}/a?token={read}", TextOf("x")))
            .ExpectRefusal(400, "InvalidSignature", "InvalidSignature", "Token is not scoped for upload");
        (await nobody.GetAsync($"{Root}/object/sign/{bucket}/a?token={write}"))
            .ExpectRefusal(400, "InvalidSignature", "InvalidSignature", "Token is not scoped for download");
        (await nobody.SendAsync("PUT", $"{Root}/object/upload/sign/{bucket}/b?token={write}", TextOf("x"))).ExpectRefusal(400, "InvalidSignature");
        Assert.Equal("content", (await api.ReadAsync(bucket, "a")).Text);
    }

    [Fact]
    public async Task A_session_token_is_no_link()
    {
        string bucket = await server.Api.NewBucketWithAsync("a");
        string session = Tokens.Hs256(Canary.JwtSecret, new { role = "service_role", sub = "u" });

        (await server.Api.WithKey(null).GetAsync($"{Root}/object/sign/{bucket}/a?token={session}")).ExpectRefusal(400, "InvalidSignature");
        (await server.Api.WithKey(session).ReadAsync(bucket, "a")).Expect(200);
    }

    /// <summary>With the account's secret, links of another server of this API and links of this one are the same.</summary>
    [Fact]
    public async Task Links_that_another_server_signed_with_the_account_s_secret_are_good()
    {
        Api api = server.Api;
        string bucket = await api.NewBucketWithAsync("dir/a.txt");
        Api nobody = api.WithKey(null);
        (long iat, long exp) = (DateTimeOffset.UtcNow.ToUnixTimeSeconds(), DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeSeconds());
        object reading = new { url = $"{bucket}/dir/a.txt", scope = "download", iat, exp };
        object writing = new { owner = "ada", url = $"{bucket}/dir/a.txt", upsert = true, scope = "upload", iat, exp };

        Answer read = (await nobody.GetAsync($"{Root}/object/sign/{bucket}/dir/a.txt?token={Tokens.Hs256(Canary.JwtSecret, reading)}")).Expect(200);
        Answer written = await nobody.SendAsync(
            "PUT", $"{Root}/object/upload/sign/{bucket}/dir/a.txt?token={Tokens.Hs256(Canary.JwtSecret, writing)}", TextOf("by another's link"));

        Assert.Equal(("content", DateTimeOffset.FromUnixTimeSeconds(exp).ToString("R")), (read.Text, read.Header("Expires")));
        Assert.Equal($"{bucket}/dir/a.txt", written.Expect(200).Json.Text("Key"));
        Assert.Equal("by another's link", (await api.ReadAsync(bucket, "dir/a.txt")).Text);
        Assert.Equal(NamesOf(JsonSerializer.SerializeToElement(reading)), NamesOf(ClaimsOf(await api.SignedUrlAsync(bucket, "dir/a.txt"))));
        Assert.Equal(NamesOf(JsonSerializer.SerializeToElement(writing)), NamesOf(ClaimsOf(await api.UploadUrlAsync(bucket, "dir/b.txt"))));
        HttpContent keys = TextOf("""{"prefixes":["dir/a.txt"]}""", "application/json");
        Answer deleted = (await api.SendAsync("DELETE", $"{Root}/object/{bucket}", keys)).Expect(200);
        Assert.Equal("ada", deleted.Json[0].Text("owner_id")); // who had the link signed

        static JsonElement ClaimsOf(string link) =>
            JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(link.Split("token=")[1].Split('.')[1]));

        static IEnumerable<string> NamesOf(JsonElement claims) => claims.EnumerateObject().Select(claim => claim.Name).Order();
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    public async Task An_upload_link_is_good_for_one_object(string method)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        string url = await api.UploadUrlAsync(bucket, "a");
        Api nobody = api.WithKey(null);

        Assert.Equal($"{bucket}/a", (await nobody.SendAsync(method, url, TextOf("first"))).Expect(200).Json.Text("Key"));
        (await nobody.SendAsync(method, url, TextOf("second"), [("x-upsert", "true")])).ExpectRefusal(409, "KeyAlreadyExists", "Duplicate");
        Assert.Equal("first", (await api.ReadAsync(bucket, "a")).Text);
    }

    [Fact]
    public async Task An_upload_link_keeps_to_the_bucket_s_rules()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync(sizeLimit: 3, types: ["text/plain"]);
        string url = await api.UploadUrlAsync(bucket, "a");
        Api nobody = api.WithKey(null);

        (await nobody.SendAsync("PUT", url, TextOf("four"))).ExpectRefusal(413, "EntityTooLarge");
        (await nobody.SendAsync("PUT", url, TextOf("x", "image/png"))).ExpectRefusal(415, "InvalidMimeType");
        (await nobody.SendAsync("PUT", url, Forms.Of(Forms.File("abc"), Forms.End))).Expect(200);
    }

    [Theory]
    [InlineData("what?.txt", "what%3F.txt")]
    [InlineData("a b.txt", "a b.txt")]
    [InlineData("a//b.txt", "a//b.txt")]
    public async Task Links_hold_keys_as_they_are_except_for_what_ends_a_path(string key, string written)
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync(Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal));

        string path = (await api.SignAsync(bucket, Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal))).Expect(200).Json.Text("signedURL")!;

        Assert.StartsWith($"/object/sign/{bucket}/{written}?token=", path, StringComparison.Ordinal);
        (await api.WithKey(null).GetAsync(Whole(api, path))).Expect(200);
        string twice = path.Replace("%", "%25", StringComparison.Ordinal); // clients encode what they are given
        (await api.WithKey(null).GetAsync(Whole(api, twice))).Expect(200);
    }

    [Fact]
    public async Task Many_links_at_once_say_which_could_not_be_made()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("a");

        Answer answer = (await api.PostAsync($"{Root}/object/sign/{bucket}", new { expiresIn = "60", paths = new[] { "nothing", "a" } })).Expect(200);

        Assert.Equal("""{"error":"Either the object does not exist or you do not have access to it","path":"nothing","signedURL":null}""", answer.Json[0].GetRawText());
        Assert.Equal(("a", null), (answer.Json[1].Text("path"), answer.Json[1].Text("error")));
        (await api.WithKey(null).GetAsync(Whole(api, answer.Json[1].Text("signedURL")!))).Expect(200);
    }
}
