using System.Text.Json;
using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>What policies hide and what is not there get the same answer, so that asking tells nobody what there is.</summary>
public sealed class HiddenTests(SharedServer server)
{
    private const string Owned = """{"name":"HERE","operations":["select","update","delete"],"roles":["authenticated"],"bucket":"BUCKET","when":{"owner_id":{"eq":"$uid"}}}""";

    /// <summary>Rules that hide an object of somebody else; those that look at what only an object has would tell it from nothing.</summary>
    public static TheoryData<string> Rules =>
    [
        "",
        Owned,
        """{"name":"HERE","operations":["select","update","delete"],"bucket":"BUCKET","when":{"owner_id":{"exists":false}}}""",
        """{"name":"HERE","operations":["select","update","delete"],"bucket":"BUCKET","when":{"not":{"user_metadata.draft":{"exists":true}}}}""",
        """
        {"name":"HERE","operations":["select"],"bucket":"BUCKET"},
        {"name":"HERE restricted","effect":"restrict","operations":["select"],"bucket":"BUCKET","when":{"metadata.mimetype":{"exists":false}}}
        """,
        """{"name":"HERE","operations":["select","update","delete"],"bucket":"BUCKET","when":{"any":[{"metadata.contentLength":{"exists":false}},{"name":"mine"}]}}""",
    ];

    public static TheoryData<string> Calls => [.. Requests.Keys];

    /// <summary>Each call for a key of a bucket.</summary>
    private static Dictionary<string, Func<Api, string, string, Task<Answer>>> Requests { get; } = new()
    {
        ["GET"] = static (api, bucket, key) => api.ReadAsync(bucket, key),
        ["GET a range"] = static (api, bucket, key) => api.ReadAsync(bucket, key, ("Range", "bytes=900-")),
        ["GET unless it changed"] = static (api, bucket, key) => api.ReadAsync(bucket, key, ("If-None-Match", "*")),
        ["GET with a token"] = static (api, bucket, key) => api.GetAsync($"{Root}/object/authenticated/{bucket}/{key}"),
        ["GET the public way"] = static (api, bucket, key) => api.GetAsync($"{Root}/object/public/{bucket}/{key}"),
        ["HEAD"] = static (api, bucket, key) => api.SendAsync("HEAD", $"{Root}/object/{bucket}/{key}"),
        ["HEAD with a token"] = static (api, bucket, key) => api.SendAsync("HEAD", $"{Root}/object/authenticated/{bucket}/{key}"),
        ["info"] = static (api, bucket, key) => api.InfoAsync(bucket, key),
        ["HEAD of info"] = static (api, bucket, key) => api.SendAsync("HEAD", $"{Root}/object/info/{bucket}/{key}"),
        ["sign"] = static (api, bucket, key) => api.SignAsync(bucket, key),
        ["sign many"] = static (api, bucket, key) => api.PostAsync($"{Root}/object/sign/{bucket}", new { expiresIn = 60, paths = new[] { key } }),
        ["sign an upload"] = static (api, bucket, key) => api.SendAsync("POST", $"{Root}/object/upload/sign/{bucket}/{key}"),
        ["upload"] = static (api, bucket, key) => api.SendObjectAsync("POST", bucket, key, "text"),
        ["replace"] = static (api, bucket, key) => api.SendObjectAsync("PUT", bucket, key, "text"),
        ["move"] = static (api, bucket, key) => api.PostAsync($"{Root}/object/move", new { bucketId = bucket, sourceKey = key, destinationKey = "mine/moved" }),
        ["copy"] = static (api, bucket, key) => api.PostAsync($"{Root}/object/copy", new { bucketId = bucket, sourceKey = key, destinationKey = "mine/copied" }),
        ["copy onto"] = static (api, bucket, key) => api.PostAsync($"{Root}/object/copy", new { bucketId = bucket, sourceKey = "also", destinationKey = key }),
        ["delete"] = static (api, bucket, key) => api.DeleteAsync($"{Root}/object/{bucket}/{key}"),
        ["delete many"] = static (api, bucket, key) =>
            api.SendAsync("DELETE", $"{Root}/object/{bucket}", TextOf(JsonSerializer.Serialize(new { prefixes = new[] { key } }), "application/json")),
        ["list"] = static (api, bucket, key) => api.PostAsync($"{Root}/object/list/{bucket}", new { prefix = "", search = key }),
        ["list, version 2"] = static (api, bucket, key) => api.PostAsync($"{Root}/object/list-v2/{bucket}", new { prefix = key }),
        ["begin an upload in pieces"] = static (api, bucket, key) => api.BeginAsync(bucket, key, 3),
    };

    [Theory, MemberData(nameof(Rules))]
    public async Task What_is_hidden_looks_as_if_it_were_not_there(string rules)
    {
        (Api service, Api user, string bucket) = await PrepareAsync(rules);
        foreach ((string name, Func<Api, string, string, Task<Answer>> call) in Requests)
        {
            Answer hidden = await call(user, bucket, "hidden");
            Answer missing = await call(user, bucket, "absent");

            Assert.True(SeenOf(hidden, "hidden") == SeenOf(missing, "absent"), $"{name}:\n{SeenOf(hidden, "hidden")}\nbut\n{SeenOf(missing, "absent")}");
            bool saysNothing = name is "GET the public way" or "sign many" or "delete many" or "list" or "list, version 2";
            Assert.True(saysNothing == (hidden.Header("x-coffer-decision") is null), $"{name}: {SeenOf(hidden, "hidden")}");
        }

        Assert.Equal("content", (await service.ReadAsync(bucket, "hidden")).Expect(200).Text);
        Assert.Equal(["also", "hidden", "mine"], (await service.NamesAsync(bucket)).Order());
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task Nobody_learns_what_a_private_bucket_holds(string name)
    {
        (Api _, Api user, string bucket) = await PrepareAsync(Owned);
        foreach (Api other in (Api[])[user.WithKey(null), await server.Accounts.NewAsync()])
        {
            Answer hidden = await Requests[name](other, bucket, "hidden");
            Answer missing = await Requests[name](other, bucket, "absent");
            Answer nowhere = await Requests[name](other, NewName(), "absent");

            Assert.Equal(SeenOf(missing, "absent"), SeenOf(hidden, "hidden"));
            Assert.Equal(SeenOf(nowhere, "absent"), SeenOf(hidden, "hidden"));
            Assert.Null(hidden.Header("x-coffer-decision"));
        }
    }

    [Fact]
    public async Task A_hidden_bucket_looks_as_if_it_were_not_there()
    {
        (Api _, Api user, string bucket) = await PrepareAsync(
            """{"table":"buckets","name":"HERE","operations":["select","update","delete"],"bucket":"*","when":{"not":{"owner_id":{"exists":true}}}}""", owner: "u2");
        foreach ((string method, string body) in new[] { ("GET", ""), ("PUT", """{"public":true}"""), ("DELETE", "") })
        {
            Answer hidden = await user.SendAsync(method, $"{Root}/bucket/{bucket}", body.Length == 0 ? null : TextOf(body, "application/json"));
            Answer missing = await user.SendAsync(method, $"{Root}/bucket/{NewName()}", body.Length == 0 ? null : TextOf(body, "application/json"));

            hidden.ExpectRefusal(404, "NoSuchBucket", "Bucket not found", "Bucket not found");
            Assert.NotNull(hidden.Header("x-coffer-decision"));
            Assert.Equal(SeenOf(missing, "-"), SeenOf(hidden, "-"));
        }
    }

    /// <summary>All that an answer shows, but for its ids and times.</summary>
    private static string SeenOf(Answer answer, string key)
    {
        IEnumerable<string> headers = answer.Headers.Concat(answer.ContentHeaders)
            .Where(header => header.Key is not ("Date" or "X-Request-ID" or "x-request-id"))
            .Select(header => (header.Key, Value: string.Join(", ", header.Value)))
            .Select(header => header.Key == "x-coffer-decision" ? (header.Key, Value: FormOf(header.Value)) : header)
            .Select(header => $"{header.Key}: {header.Value}")
            .Order(StringComparer.Ordinal);
        return $"{(int)answer.Status}\n{string.Join('\n', headers)}\n{answer.Text.Replace($"\"{key}\"", "\"KEY\"", StringComparison.Ordinal)}";

        static string FormOf(string decision)
        {
            Assert.Matches("^dec_[0-9a-z]{26}$", decision);
            return "dec_…";
        }
    }

    /// <summary>A bucket with objects of u2, u1 and u1, and u1 who asks.</summary>
    private async Task<(Api Service, Api User, string Bucket)> PrepareAsync(string rules, string? owner = null)
    {
        Api service = await server.Accounts.NewAsync();
        Api user = await UserAsync(service, "u1");
        string bucket = NewName();
        string open = $$"""{"preset":"open","bucket":"{{bucket}}"}""";
        await PutAsync(service, open);
        Api maker = owner is null ? service : await UserAsync(service, owner);
        (await maker.PostAsync($"{Root}/bucket", new { name = bucket })).Expect(200);
        (await (await UserAsync(service, "u2")).SendObjectAsync("POST", bucket, "hidden", "content", ("x-metadata", "eyJkcmFmdCI6MX0="))).Expect(200);
        (await user.SendObjectAsync("POST", bucket, "mine", "content")).Expect(200);
        (await user.SendObjectAsync("POST", bucket, "also", "content")).Expect(200);
        await PutAsync(service, rules.Replace("HERE", $"rule {bucket}", StringComparison.Ordinal).Replace("BUCKET", bucket, StringComparison.Ordinal));
        return (service, user, bucket);
    }

    private static async Task<Api> UserAsync(Api service, string subject) => service.WithKey(
        (await service.PostAsync("/admin/v1/keys", new { right = "authenticated", subject })).Expect(200).Json.Text("token"));

    private static async Task PutAsync(Api service, string rules) => (await service.SendAsync(
        "PUT", "/admin/v1/policies", TextOf($$"""{"policies":[{{rules}}],"replace":true}""", "application/json"))).Expect(200);
}
