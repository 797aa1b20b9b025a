using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Coffer.IntegrationTests.Server;

/// <summary>What came back, read to its end.</summary>
public sealed record Answer(HttpStatusCode Status, Version Version, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, byte[] Body)
{
    private JsonElement? _json;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => _json ??= JsonSerializer.Deserialize<JsonElement>(Body);

    /// <summary>The <c>code</c> of an error body.</summary>
    public string? Code => Json.Text("code");

    public string? Header(string name) =>
        Headers.TryGetValues(name, out IEnumerable<string>? values) || ContentHeaders.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;

    /// <summary>Fails, showing the body, unless the status is this one.</summary>
    public Answer Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"expected {(int)status}, got {(int)Status}: {Text[..Math.Min(Text.Length, 500)]}");
        return this;
    }

    public Answer Expect(int status) => Expect((HttpStatusCode)status);

    /// <summary>Fails unless this is an error of this status and machine word, in the contract's shape.</summary>
    public Answer ExpectError(int status, string code)
    {
        Expect(status);
        Assert.Equal(code, Code);
        Assert.NotEmpty(Json.Text("message")!);
        return this;
    }

    /// <summary>The answer to a lasting wrong state: published clients would repeat a bare 409.</summary>
    public Answer ExpectLastingConflict()
    {
        ExpectError(409, "wrong_state");
        Assert.Equal("false", Header("x-should-retry"));
        return this;
    }
}

internal static class JsonReading
{
    /// <summary>A member's text; null when it is null or absent.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    /// <summary>A member's number; null when it is null or absent.</summary>
    public static long? Number(this JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind is not JsonValueKind.Null ? value.GetInt64() : null;

    public static bool Flag(this JsonElement json, string name) => json.GetProperty(name).GetBoolean();

    public static bool IsNullOrAbsent(this JsonElement json, string name) =>
        !json.TryGetProperty(name, out JsonElement value) || value.ValueKind is JsonValueKind.Null;

    public static JsonElement[] Items(this JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray()];

    public static string[] Ids(this JsonElement page) => [.. page.Items("objects").Select(item => item.Text("id")!)];
}
