using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Coffer.IntegrationTests.Server;

/// <summary>The OpenAPI document, and the judgement whether it describes an answer.</summary>
public sealed class OpenApi
{
    /// <summary>Headers of HTTP itself, or that any answer may carry; the document's introduction tells of the latter.</summary>
    private static readonly HashSet<string> Everywhere = new(StringComparer.OrdinalIgnoreCase)
    {
        "Date", "Server", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Content-Type", "Allow", "Vary",
        "Cache-Control", "X-Content-Type-Options", "X-Request-Id",
    };

    private readonly JsonElement _root;
    private readonly JsonSchema _schema;

    private OpenApi(JsonElement root)
    {
        _root = root;
        _schema = new JsonSchema(root);
    }

    public static OpenApi Document { get; } =
        new(JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "openapi.v1.json"))));

    public JsonElement Root => _root;

    /// <summary>Where the Storage API is beside the root; the document says it once for all of its paths.</summary>
    public const string StoragePrefix = "/storage/v1";

    /// <summary>Every operation, as method and path template.</summary>
    public IEnumerable<(string Method, string Path, JsonElement Operation)> Operations =>
        from path in _root.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Name is not ("parameters" or "servers" or "summary" or "description")
        select (operation.Name.ToUpperInvariant(), path.Name, operation.Value);

    /// <summary>Fails unless the document describes this answer: its status, its headers and all of its body.</summary>
    /// <returns>Whether the body is the server's own words, rather than an object's bytes.</returns>
    public bool Validate(string method, string path, Answer answer)
    {
        List<string> faults = [];
        bool isBytes = false;
        if (Find(method, path) is not { } operation)
        {
            // No such route: still JSON, still in the shape of an error.
            Expect(method is "OPTIONS" || (int)answer.Status is 404 or 405, "is a route that the document does not list", faults);
            CheckError(method, IsOfStorage(path) ? "StorageError" : "Error", answer, faults);
        }
        else if (!operation.GetProperty("responses").TryGetProperty($"{(int)answer.Status}", out JsonElement response))
        {
            faults.Add("has a status that the document does not list");
        }
        else
        {
            response = _schema.Resolve(response);
            CheckHeaders(response, answer, faults);
            CheckBody(method, response, answer, faults);
            isBytes = response.TryGetProperty("content", out JsonElement content) && IsBytes(content);
        }

        Assert.True(faults.Count == 0, $"{method} {path} → {(int)answer.Status}: {string.Join("; ", faults)}\n{answer.Text[..Math.Min(answer.Text.Length, 1000)]}");
        return !isBytes;
    }

    /// <summary>Whether the document has something else than JSON in this answer: bytes, texts or a stream, whose form it does not describe.</summary>
    public bool CarriesBytes(string method, string path, HttpStatusCode status) =>
        Find(method, path) is { } operation
        && operation.GetProperty("responses").TryGetProperty($"{(int)status}", out JsonElement response)
        && _schema.Resolve(response).TryGetProperty("content", out JsonElement content) && !content.TryGetProperty("application/json", out _);

    private static void Expect(bool condition, string fault, List<string> faults)
    {
        if (!condition)
        {
            faults.Add(fault);
        }
    }

    private static void CheckHeaders(JsonElement response, Answer answer, List<string> faults)
    {
        Dictionary<string, bool> described = response.TryGetProperty("headers", out JsonElement headers)
            ? headers.EnumerateObject().ToDictionary(
                header => header.Name,
                header => header.Value.TryGetProperty("required", out JsonElement required) && required.GetBoolean(),
                StringComparer.OrdinalIgnoreCase)
            : [];
        IEnumerable<string> present = answer.Headers.Select(header => header.Key).Concat(answer.ContentHeaders.Select(header => header.Key));
        foreach (string header in present.Where(name => !Everywhere.Contains(name) && !name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)))
        {
            Expect(described.ContainsKey(header), $"has the undescribed header {header}", faults);
        }

        foreach ((string header, _) in described.Where(pair => pair.Value))
        {
            Expect(answer.Header(header) is not null, $"lacks the header {header}", faults);
        }
    }

    private void CheckBody(string method, JsonElement response, Answer answer, List<string> faults)
    {
        if (method is "HEAD" || !response.TryGetProperty("content", out JsonElement content))
        {
            Expect(answer.Body.Length == 0, "has a body that the document does not describe", faults);
            return;
        }

        MediaTypeHeaderValue? type = answer.ContentHeaders.ContentType;
        if (content.TryGetProperty(type?.MediaType ?? "", out JsonElement media))
        {
            if (type?.MediaType is "application/json" && media.TryGetProperty("schema", out JsonElement schema))
            {
                CheckJson(schema, answer, faults);
            }
        }
        else
        {
            Expect(IsBytes(content), $"has the undescribed content type {type}", faults);
        }
    }

    /// <summary>Whether a response carries an object's bytes, whose type says nothing of their form.</summary>
    private static bool IsBytes(JsonElement content) => content.TryGetProperty("*/*", out _);

    private void CheckError(string method, string schema, Answer answer, List<string> faults)
    {
        if (method is not ("HEAD" or "OPTIONS"))
        {
            Expect(answer.ContentHeaders.ContentType?.MediaType is "application/json", "is not JSON", faults);
            CheckJson(_root.GetProperty("components").GetProperty("schemas").GetProperty(schema), answer, faults);
        }
    }

    private void CheckJson(JsonElement schema, Answer answer, List<string> faults)
    {
        try
        {
            _schema.Check(answer.Json, schema, "$", faults);
        }
        catch (JsonException broken)
        {
            faults.Add($"is not well-formed JSON: {broken.Message}");
        }
    }

    /// <summary>The operation whose path fits; of several the one with fewest parameters, then the one with most words.</summary>
    private JsonElement? Find(string method, string path)
    {
        string below = path.StartsWith(StoragePrefix + "/", StringComparison.Ordinal) ? path[StoragePrefix.Length..] : path;
        return Operations.Where(operation => operation.Method == method && Fits(operation.Path, below))
            .OrderBy(operation => operation.Path.Count(character => character == '{'))
            .ThenByDescending(operation => operation.Path.Length)
            .Select(operation => (JsonElement?)operation.Operation)
            .FirstOrDefault();
    }

    /// <summary>A key, or the path of an archive's entry, is whatever is left, slashes included.</summary>
    private static bool Fits(string template, string path)
    {
        string[] wanted = template.Split('/');
        string[] given = wanted[^1] is "{key}" or "{path}" ? path.Split('/', wanted.Length) : path.TrimEnd('/').Split('/');
        return wanted.Length == given.Length
            && wanted.Zip(given).All(pair => pair.First == "{key}" || (pair.First.StartsWith('{') ? pair.Second.Length > 0 : pair.First == pair.Second));
    }

    private static bool IsOfStorage(string path) => path.Split('/')[1] is "storage" or "object" or "bucket" or "render" or "cdn" or "upload";
}
