using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Coffer.ClientTests.Child;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Calls of the Storage API, as its clients make them.</summary>
internal static class StorageCalls
{
    public const string Root = OpenApi.StoragePrefix;
    private static int _count;

    /// <summary>A name that no other test has.</summary>
    public static string NewName(string begin = "bucket") => $"{begin}-{Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}"[..30];

    public static async Task<string> NewBucketAsync(this Api api, bool isPublic = false, long? sizeLimit = null, string[]? types = null)
    {
        string name = NewName();
        (await api.PostAsync($"{Root}/bucket", new { name, @public = isPublic, file_size_limit = sizeLimit, allowed_mime_types = types })).Expect(200);
        return name;
    }

    /// <summary>A bucket with one object.</summary>
    public static async Task<string> NewBucketWithAsync(this Api api, string key, string text = "content", bool isPublic = false)
    {
        string bucket = await api.NewBucketAsync(isPublic);
        (await api.SendObjectAsync("POST", bucket, key, text)).Expect(200);
        return bucket;
    }

    public static Task<Answer> SendObjectAsync(this Api api, string method, string bucket, string key, string text, params (string, string)[] headers) =>
        api.SendAsync(method, $"{Root}/object/{bucket}/{key}", TextOf(text), headers);

    public static Task<Answer> ReadAsync(this Api api, string bucket, string key, params (string, string)[] headers) =>
        api.GetAsync($"{Root}/object/{bucket}/{key}", headers);

    public static Task<Answer> InfoAsync(this Api api, string bucket, string key) => api.GetAsync($"{Root}/object/info/{bucket}/{key}");

    /// <summary>The names that a list of version 1 shows.</summary>
    public static async Task<string[]> NamesAsync(this Api api, string bucket, object? body = null) =>
        [.. (await api.PostAsync($"{Root}/object/list/{bucket}", body ?? new { prefix = "" })).Expect(200).Json.EnumerateArray().Select(entry => entry.Text("name")!)];

    public static Task<Answer> SignAsync(this Api api, string bucket, string key, object? body = null) =>
        api.PostAsync($"{Root}/object/sign/{bucket}/{key}", body ?? new { expiresIn = 60 });

    /// <summary>A signed URL to read an object, whole.</summary>
    public static async Task<string> SignedUrlAsync(this Api api, string bucket, string key) =>
        Whole(api, (await api.SignAsync(bucket, key)).Expect(200).Json.Text("signedURL")!);

    /// <summary>A signed URL to upload to, whole.</summary>
    public static async Task<string> UploadUrlAsync(this Api api, string bucket, string key, params (string, string)[] headers) =>
        Whole(api, (await api.SendAsync("POST", $"{Root}/object/upload/sign/{bucket}/{key}", null, headers)).Expect(200).Json.Text("url")!);

    public static string Whole(Api api, string relative) => $"{api.Server.BaseUrl.ToString().TrimEnd('/')}{Root}{relative}";

    public static HttpContent TextOf(string text, string type = "text/plain")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    /// <summary>A body without a length.</summary>
    public static HttpContent Unsized(byte[] bytes, string type = "text/plain")
    {
        var content = new StreamContent(new Unseekable(new MemoryStream(bytes)));
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }

    /// <summary>Fails unless this is a refusal in the form of the Storage API.</summary>
    /// <param name="status">What the body says.</param>
    /// <param name="http">What HTTP says; 400 for most.</param>
    public static Answer ExpectRefusal(this Answer answer, int status, string code, string? label = null, string? message = null, int http = 400)
    {
        answer.Expect(http);
        Assert.Equal("application/json; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal(["code", "error", "message", "statusCode"], answer.Json.EnumerateObject().Select(member => member.Name).Order());
        Assert.Equal(JsonValueKind.String, answer.Json.GetProperty("statusCode").ValueKind);
        Assert.Equal((status.ToString(CultureInfo.InvariantCulture), code), (answer.Json.Text("statusCode")!, answer.Code!));
        Assert.Equal(label ?? answer.Json.Text("error"), answer.Json.Text("error"));
        Assert.Equal(message ?? answer.Json.Text("message"), answer.Json.Text("message"));
        return answer;
    }
}
