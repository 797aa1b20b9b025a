using System.Text.Json;
using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Settings that change the Storage API, each on a server that has it.</summary>
public sealed class SettingTests
{
    [Theory]
    [InlineData("service")]
    [InlineData("authenticated")]
    public async Task A_bucket_with_more_than_one_call_deletes_stays_as_it_is(string right)
    {
        await using CofferProcess process = await StartAsync(("COFFER_MAX_EMPTIED_OBJECTS", "2"), ("COFFER_EMPTY_BUCKET_REQUIRES", "delete-policy"));
        string bucket = await process.Api.NewBucketAsync();
        await PutAsync(process.Api, """{"preset":"open","bucket":"*"}""");
        Api caller = right == "service" ? process.Api : await UserAsync(process.Api);
        foreach (string key in (string[])["a", "b", "c"])
        {
            (await process.Api.SendObjectAsync("POST", bucket, key, key)).Expect(200);
        }

        (await caller.PostAsync($"{Root}/bucket/{bucket}/empty"))
            .ExpectRefusal(409, "InvalidRequest", "InvalidRequest", "Unable to empty the bucket because it contains too many objects");
        Assert.Equal(["a", "b", "c"], await process.Api.NamesAsync(bucket));
        (await process.Api.DeleteAsync($"{Root}/object/{bucket}/a")).Expect(200);
        (await caller.PostAsync($"{Root}/bucket/{bucket}/empty")).Expect(200);
        Assert.Empty(await process.Api.NamesAsync(bucket));
    }

    [Fact]
    public async Task Users_empty_of_a_bucket_what_they_may_delete()
    {
        await using CofferProcess process = await StartAsync(("COFFER_EMPTY_BUCKET_REQUIRES", "delete-policy"));
        Api service = process.Api;
        string bucket = await service.NewBucketAsync();
        Api user = await UserAsync(service);
        foreach (string key in (string[])["u1/a", "u1/b/c", "u2/a", "shown/a"])
        {
            (await service.SendObjectAsync("POST", bucket, key, key)).Expect(200);
        }

        Answer hidden = await user.PostAsync($"{Root}/bucket/{bucket}/empty");
        hidden.ExpectRefusal(404, "NoSuchBucket");
        Assert.NotNull(hidden.Header("x-coffer-decision"));
        await PutAsync(service, $$$"""
            {"table":"buckets","name":"see","operations":["select"],"bucket":"{{{bucket}}}"},{"preset":"own-folder","bucket":"{{{bucket}}}"},
            {"name":"shown","operations":["select"],"bucket":"{{{bucket}}}","when":{"folder":1,"eq":"shown"}},
            {"name":"blind","operations":["delete"],"bucket":"{{{bucket}}}","when":{"folder":1,"eq":"u2"}}
            """);
        (await user.PostAsync($"{Root}/bucket/{bucket}/empty")).Expect(200);

        Assert.Equal(["shown/a", "u2/a"], (await service.PostAsync($"{Root}/object/list-v2/{bucket}", "{}")).Expect(200).Json.Items("objects").Select(entry => entry.Text("name")!));
        (await user.DeleteAsync($"{Root}/cdn")).ExpectRefusal(403, "AccessDenied", http: 403); // that stays the service's
        (await service.PostAsync($"{Root}/bucket/{bucket}/empty")).Expect(200);
        Assert.Empty(await service.NamesAsync(bucket));
    }

    [Fact]
    public async Task Users_empty_more_than_a_page()
    {
        await using CofferProcess process = await StartAsync(("COFFER_EMPTY_BUCKET_REQUIRES", "delete-policy"));
        string bucket = await process.Api.NewBucketAsync();
        await PutAsync(process.Api, """{"preset":"open","bucket":"*"}""");
        await Parallel.ForAsync(0, 1003, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
            (await process.Api.SendObjectAsync("POST", bucket, $"{number}", "x")).Expect(200));

        (await (await UserAsync(process.Api)).PostAsync($"{Root}/bucket/{bucket}/empty")).Expect(200);

        Assert.Empty(await process.Api.NamesAsync(bucket));
    }

    [Fact]
    public async Task Keys_are_any_text()
    {
        const string Key = "grüße/日本 😀 [1].txt";
        string sent = Uri.EscapeDataString(Key).Replace("%2F", "/", StringComparison.Ordinal);
        await using CofferProcess process = await StartAsync(("COFFER_ALLOW_UNICODE_KEYS", "true"));
        Api api = process.Api;
        string bucket = await api.NewBucketAsync();

        Assert.Equal($"{bucket}/{Key}", (await api.SendObjectAsync("POST", bucket, sent, "content")).Expect(200).Json.Text("Key"));
        Assert.Equal("content", (await api.ReadAsync(bucket, sent)).Expect(200).Text);
        Assert.Equal(Key, (await api.InfoAsync(bucket, sent)).Expect(200).Json.Text("name"));
        Assert.Equal(["日本 😀 [1].txt"], await api.NamesAsync(bucket, new { prefix = "grüße" }));
        Assert.Equal("content", (await api.WithKey(null).GetAsync(await api.SignedUrlAsync(bucket, sent))).Expect(200).Text);
        (await api.PostAsync($"{Root}/object/move", new { bucketId = bucket, sourceKey = Key, destinationKey = "ä" })).Expect(200);
        (await api.BeginAsync(bucket, "ö", 3, "abc"u8.ToArray())).Expect(201);
        Assert.Equal(["ä", "ö"], await api.NamesAsync(bucket));
        (await api.SendObjectAsync("POST", bucket, "a%01b", "x")).ExpectRefusal(400, "InvalidKey");
        (await api.PostAsync($"{Root}/object/copy", new { bucketId = bucket, sourceKey = "ä", destinationKey = "é/../b" })).ExpectRefusal(400, "InvalidKey");
    }

    [Fact]
    public async Task HTTP_says_what_the_body_says()
    {
        await using CofferProcess process = await StartAsync(("COFFER_REAL_STATUS_CODES", "true"));
        Api api = process.Api;
        using var http = new HttpClient(); // knows no document: that one says what the server does unless it is told otherwise
        string bucket = await api.NewBucketWithAsync("a");
        (string Method, string Path, string? Body, int Status)[] refused =
        [
            ("GET", $"/object/{bucket}/nothing", null, 404),
            ("GET", "/object/nothing/a", null, 404),
            ("POST", $"/object/{bucket}/a", "text", 409),
            ("POST", "/bucket", "{}", 400),
            ("POST", "/bucket", $$"""{"name":"{{bucket}}"}""", 409),
            ("DELETE", $"/bucket/{bucket}", null, 409),
            ("POST", "/bucket", """{"name":"large","file_size_limit":"900GB"}""", 413),
            ("POST", "/bucket", """{"name":"types","allowed_mime_types":["images"]}""", 415),
            ("GET", $"/object/sign/{bucket}/a?token=x", null, 400),
        ];
        foreach ((string method, string path, string? body, int status) in refused)
        {
            (int answered, string text) = await SendAsync(api.Token, method, path, body);

            Assert.True(answered == status, $"{method} {path}: {answered} {text}");
            Assert.Equal($"{status}", JsonElement.Parse(text).Text("statusCode"));
        }

        Assert.Equal((404, ""), await SendAsync(api.Token, "HEAD", $"/object/{bucket}/nothing", null));
        Assert.Equal(403, (await SendAsync("garbage", "GET", "/bucket", null)).Http);

        async Task<(int Http, string Text)> SendAsync(string? token, string method, string path, string? body)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(process.BaseUrl, Root + path));
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            request.Content = body is null ? null : TextOf(body, path == "/bucket" ? "application/json" : "text/plain");
            using HttpResponseMessage response = await http.SendAsync(request);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
    }

    private static async Task<CofferProcess> StartAsync(params (string Name, string Value)[] settings) =>
        await CofferProcess.StartAsync(settings.Aggregate(new ServerSetup(), static (setup, setting) => setup.With(setting.Name, setting.Value)));

    private static async Task<Api> UserAsync(Api service) => service.WithKey(
        (await service.PostAsync("/admin/v1/keys", new { right = "authenticated", subject = "u1" })).Expect(200).Json.Text("token"));

    private static async Task PutAsync(Api service, string rules) => (await service.SendAsync(
        "PUT", "/admin/v1/policies", TextOf($$"""{"policies":[{{rules}}],"replace":true}""", "application/json"))).Expect(200);
}
