using System.Text.Json;
using System.Text.Json.Nodes;
using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

public sealed class MoveCopyTests(SharedServer server)
{
    [Fact]
    public async Task A_move_keeps_the_object_and_makes_a_new_version()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        (await api.SendObjectAsync("POST", bucket, "a", "text", ("cache-control", "max-age=7"), ("x-metadata", "eyJrIjoidiJ9"))).Expect(200);
        Answer before = (await api.InfoAsync(bucket, "a")).Expect(200);

        Assert.Equal("""{"message":"Successfully moved"}""", (await MoveAsync("a", "dir/b")).Expect(200).Text);

        Answer after = (await api.InfoAsync(bucket, "dir/b")).Expect(200);
        foreach (string member in new[] { "id", "created_at", "cache_control", "content_type", "etag" })
        {
            Assert.Equal(before.Json.Text(member), after.Json.Text(member));
        }

        Assert.Equal("v", after.Json.GetProperty("metadata").Text("k"));
        Assert.NotEqual(before.Json.Text("version"), after.Json.Text("version"));
        (await api.ReadAsync(bucket, "a")).ExpectRefusal(404, "NoSuchKey");
        (await MoveAsync("dir/b", "dir/b")).Expect(200); // onto itself: nothing to do
        (await MoveAsync("dir/b", "../b")).ExpectRefusal(400, "InvalidKey");
        Assert.Equal("text", (await api.ReadAsync(bucket, "dir/b")).Expect(200).Text);

        Task<Answer> MoveAsync(string from, string to) => api.PostAsync($"{Root}/object/move", new { bucketId = bucket, sourceKey = from, destinationKey = to });
    }

    [Fact]
    public async Task A_copy_takes_over_or_changes_what_is_said_of_it()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketAsync();
        (await api.SendObjectAsync("POST", bucket, "a", "text", ("cache-control", "max-age=7"), ("x-metadata", "eyJrIjoidiJ9"))).Expect(200);

        Answer same = await CopyAsync(new { bucketId = bucket, sourceKey = "a", destinationKey = "b" });
        Assert.Equal(($"{bucket}/b", "b", bucket), (same.Expect(200).Json.Text("Key"), same.Json.Text("name"), same.Json.Text("bucket_id")));
        Answer copied = (await api.InfoAsync(bucket, "b")).Expect(200);
        Assert.Equal(("max-age=7", "v"), (copied.Json.Text("cache_control"), copied.Json.GetProperty("metadata").Text("k")));

        (await CopyAsync(
            new { bucketId = bucket, sourceKey = "a", destinationKey = "a", copyMetadata = false, metadata = new { cacheControl = "max-age=60" } }, ("x-upsert", "true"))).Expect(200);
        Answer changed = (await api.InfoAsync(bucket, "a")).Expect(200);
        Assert.Equal(("max-age=60", "text/plain", "{}"), (changed.Json.Text("cache_control"), changed.Json.Text("content_type"), changed.Json.GetProperty("metadata").GetRawText()));
        Assert.Equal("text", (await api.ReadAsync(bucket, "a")).Text);

        string images = await api.NewBucketAsync(types: ["image/png"]);
        (await CopyAsync(new { bucketId = bucket, sourceKey = "a", destinationKey = "a", destinationBucket = images })).ExpectRefusal(415, "InvalidMimeType");
        string small = await api.NewBucketAsync(sizeLimit: 3);
        (await CopyAsync(new { bucketId = bucket, sourceKey = "a", destinationKey = "a", destinationBucket = small })).ExpectRefusal(413, "EntityTooLarge");

        Task<Answer> CopyAsync(object body, params (string, string)[] headers) => api.PostAsync($"{Root}/object/copy", body, headers);
    }

    [Fact]
    public async Task A_copy_may_say_another_encoding_or_none()
    {
        Api api = await server.Accounts.NewAsync();
        string bucket = await api.NewBucketWithAsync("plain");
        (await api.SendObjectAsync("POST", bucket, "packed", "x", ("content-encoding", "gzip"))).Expect(200);

        Assert.Equal("gzip", await CopiedAsync("packed", new { copyMetadata = true, metadata = new { contentEncoding = "br" } }));
        Assert.Equal("gzip", await CopiedAsync("packed", new { copyMetadata = false, metadata = new { mimetype = "text/css" } }));
        Assert.Equal("br", await CopiedAsync("packed", new { copyMetadata = false, metadata = new { contentEncoding = "br" } }));
        Assert.Null(await CopiedAsync("packed", new { copyMetadata = false, metadata = new { contentEncoding = "" } }));
        Assert.Equal("gzip", await CopiedAsync("plain", new { copyMetadata = false, metadata = new { contentEncoding = "gzip" } }));
        Assert.Equal("gzip", (await api.SendAsync("HEAD", $"{Root}/object/{bucket}/copy")).Expect(200).Header("Content-Encoding"));
        (await CopyAsync("plain", new { copyMetadata = false, metadata = new { contentEncoding = "g\nzip" } })).ExpectRefusal(400, "InvalidRequest", "invalid_header_char");

        async Task<string?> CopiedAsync(string key, object said)
        {
            (await CopyAsync(key, said)).Expect(200);
            return (await api.InfoAsync(bucket, "copy")).Expect(200).Json.Text("content_encoding");
        }

        Task<Answer> CopyAsync(string key, object said)
        {
            JsonObject body = JsonSerializer.SerializeToNode(said)!.AsObject();
            body["bucketId"] = bucket;
            body["sourceKey"] = key;
            body["destinationKey"] = "copy";
            return api.PostAsync($"{Root}/object/copy", body, ("x-upsert", "true"));
        }
    }

    [Fact]
    public async Task The_owner_is_whose_token_wrote()
    {
        string bucket = await server.Api.NewBucketAsync();
        const string user = "2f0c5a0e-2c5f-4d9e-9c1d-0a4c0e8f6b11";
        Api owner = server.Api.WithKey(ConformanceTests.Core.Tokens.Hs256(Canary.JwtSecret, new { role = "service_role", sub = user }));

        (await owner.SendObjectAsync("POST", bucket, "a", "x")).Expect(200);
        Answer copied = (await server.Api.PostAsync($"{Root}/object/copy", new { bucketId = bucket, sourceKey = "a", destinationKey = "b" })).Expect(200);
        Answer deleted = (await server.Api.SendAsync("DELETE", $"{Root}/object/{bucket}", TextOf("""{"prefixes":["a"]}""", "application/json"))).Expect(200);

        Assert.Equal((user, user), (deleted.Json[0].Text("owner"), deleted.Json[0].Text("owner_id")));
        Assert.Equal(("", ""), (copied.Json.Text("owner"), copied.Json.Text("owner_id")));
    }
}
