using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Coffer.IntegrationTests.Server;

/// <summary>
/// HTTP calls with one key, or with none. Every answer is held against the OpenAPI document: one that it does not describe
/// fails the test.
/// </summary>
public sealed class Api(CofferProcess server, string? token)
{
    /// <summary>Without cookies, redirects, proxies or decompression: what the wire says is what a test sees.</summary>
    private static readonly SocketsHttpHandler Wire = new()
    {
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
    };

    private static readonly HttpClient Plain = new(Wire);

    /// <summary>The same wire for calls that want an answer as it comes; it is held against the document, too.</summary>
    public static HttpClient Http { get; } = new(new DescribedAnswers(Wire));

    public CofferProcess Server => server;

    public string? Token => token;

    public Api WithKey(string? other) => new(server, other);

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    public Task<Answer> DeleteAsync(string path) => SendAsync("DELETE", path);

    /// <param name="json">The body's text; null for an empty body that says it is JSON, as the Python client sends it.</param>
    public Task<Answer> PostAsync(string path, string? json = null, params (string Name, string Value)[] headers) =>
        SendAsync("POST", path, JsonContent(json), headers);

    public Task<Answer> PostAsync(string path, object json, params (string Name, string Value)[] headers) =>
        PostAsync(path, JsonSerializer.Serialize(json), headers);

    public Task<Answer> PatchAsync(string path, object json) => SendAsync("PATCH", path, JsonContent(JsonSerializer.Serialize(json)));

    /// <summary>A call to a path of the API, or to a whole URL; the key goes along only with the former, as the clients do it.</summary>
    public async Task<Answer> SendAsync(
        string method, string pathOrUrl, HttpContent? content = null, (string Name, string Value)[]? headers = null, Version? version = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.BaseUrl, pathOrUrl)) { Content = content };
        if (version is not null)
        {
            request.Version = version;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        if (token is not null && pathOrUrl.StartsWith('/'))
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        }

        foreach ((string name, string value) in headers ?? [])
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.Remove(name);
                Assert.True(request.Content.Headers.TryAddWithoutValidation(name, value));
            }
        }

        using HttpResponseMessage response = await Plain.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        var answer = new Answer(response.StatusCode, response.Version, response.Headers, response.Content.Headers, body);
        Judge(server, method, request.RequestUri!.AbsolutePath, answer);
        return answer;
    }

    /// <summary>
    /// Fails for an answer that the OpenAPI document does not describe, and for a refusal that tells a secret; remembers what was
    /// handed out in confidence.
    /// </summary>
    internal static void Judge(CofferProcess server, string method, string path, Answer answer)
    {
        if ((int)answer.Status >= 400)
        {
            Canary.SearchFor(server.Handed, answer.Text, $"answer to {method} {path}: {answer.Text}");
        }

        if (OpenApi.Document.Validate(method, path, answer))
        {
            Remember(server, answer);
        }
    }

    // ---- the life of an object

    public async Task<CreatedObject> CreateAsync(string name = "name", string contentType = "text") =>
        await CreateAsync(new { name, content_type = contentType });

    public async Task<CreatedObject> CreateAsync(object body)
    {
        Answer answer = (await PostAsync("/v1/objects", body)).Expect(200);
        return new CreatedObject(answer.Json.Text("id")!, answer.Json.Text("upload_url")!, answer.Json);
    }

    /// <summary>PUT to an upload URL as the clients send it: no key, no Content-Type.</summary>
    public Task<Answer> UploadAsync(string url, byte[] bytes) => SendAsync("PUT", url, new ByteArrayContent(bytes));

    public Task<Answer> UploadAsync(string url, string text) => UploadAsync(url, Encoding.UTF8.GetBytes(text));

    public Task<Answer> CompleteAsync(string id) => PostAsync($"/v1/objects/{id}/complete", "{}");

    public Task<Answer> RetrieveAsync(string id) => GetAsync($"/v1/objects/{id}");

    public Task<Answer> RemoveAsync(string id) => PostAsync($"/v1/objects/{id}/delete", "{}");

    /// <summary>Creates, uploads and completes.</summary>
    /// <returns>The id of a READ_ONLY object.</returns>
    public async Task<string> StoreAsync(byte[] bytes, object body)
    {
        CreatedObject created = await CreateAsync(body);
        (await UploadAsync(created.UploadUrl, bytes)).Expect(200);
        (await CompleteAsync(created.Id)).Expect(200);
        return created.Id;
    }

    public Task<string> StoreAsync(string text = "content", string name = "name", string contentType = "text", bool isPublic = false) =>
        StoreAsync(Encoding.UTF8.GetBytes(text), new { name, content_type = contentType, is_public = isPublic });

    public async Task<string> DownloadUrlAsync(string id) =>
        (await GetAsync($"/v1/objects/{id}/download")).Expect(200).Json.Text("download_url")!;

    public async Task<Answer> DownloadAsync(string id, params (string Name, string Value)[] headers) =>
        await GetAsync(await DownloadUrlAsync(id), headers);

    /// <summary>How many objects the account has that are not deleted.</summary>
    public async Task<long> CountAsync() => (await GetAsync("/v1/objects?limit=1")).Expect(200).Json.Number("total_count")!.Value;

    private static ByteArrayContent JsonContent(string? json) => new(Encoding.UTF8.GetBytes(json ?? ""))
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
    };

    private static void Remember(CofferProcess server, Answer answer)
    {
        if (answer.ContentHeaders.ContentType?.MediaType != "application/json" || answer.Body.Length == 0 || answer.Body[0] != '{')
        {
            return;
        }

        foreach (string link in new[] { "upload_url", "download_url" })
        {
            if (answer.Json.TryGetProperty(link, out JsonElement url) && url.ValueKind is JsonValueKind.String)
            {
                server.Handed.AddLink(url.GetString()!);
            }
        }

        if (answer.Json.TryGetProperty("token", out JsonElement token) && token.ValueKind is JsonValueKind.String)
        {
            server.Handed.Add(token.GetString()!);
        }
    }
}

/// <summary>An object that waits for its bytes.</summary>
public sealed record CreatedObject(string Id, string UploadUrl, JsonElement View);
