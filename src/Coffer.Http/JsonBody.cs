using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Coffer.Http;

/// <summary>
/// The JSON object of a request. Empty bodies and <c>null</c> count as an object without members, members that are null as
/// absent, unknown members are ignored: that is what the published clients send.
/// </summary>
public sealed class JsonBody : IDisposable
{
    /// <summary>Largest body of a JSON call; data routes have limits of their own.</summary>
    public const int MaxBytes = 1 << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };
    private readonly JsonDocument? _document;

    private JsonBody(ReadOnlyMemory<byte> bytes, JsonDocument? document)
    {
        Bytes = bytes;
        _document = document;
    }

    /// <summary>The body as it came.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The object as it came; undefined when there was none.</summary>
    public JsonElement Root => _document?.RootElement ?? default;

    /// <summary>Says that a body is larger than <see cref="MaxBytes"/>.</summary>
    public static StoreException TooLarge(int maxBytes = MaxBytes) =>
        new(StoreErrorCode.TooLarge, $"the body is larger than the {maxBytes} bytes that this call may have");

    /// <param name="maxBytes">Largest body; more than <see cref="MaxBytes"/> only on data routes.</param>
    /// <exception cref="StoreException">InvalidArgument when it is no JSON object; TooLarge.</exception>
    public static async ValueTask<JsonBody> ReadAsync(HttpContext http, int maxBytes = MaxBytes)
    {
        byte[] bytes = await ReadBytesAsync(http.Request.BodyReader, maxBytes, http.RequestAborted);
        if (bytes.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            return new JsonBody(bytes, null);
        }

        try
        {
            JsonDocument document = JsonDocument.Parse(bytes, Options);
            if (document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Null)
            {
                return new JsonBody(bytes, document.RootElement.ValueKind is JsonValueKind.Object ? document : null);
            }

            document.Dispose();
            throw Invalid("the body is not a JSON object");
        }
        catch (JsonException broken)
        {
            throw Invalid($"the body is not valid JSON, at line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}");
        }
    }

    /// <summary>Whether the member is there, null or not.</summary>
    public bool Has(string name) => TryGet(name, out _);

    public string? Text(string name) => Find(name) is { } value ? TextOf(value, name) : null;

    public string RequiredText(string name) => Text(name) ?? throw Invalid($"{name} is required");

    public long? Integer(string name) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.Number && WholeNumber.TryParse(value.GetRawText(), out long number) ? number
        : throw Invalid($"{name} is not a whole number");

    public bool? Flag(string name) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Invalid($"{name} is not true or false");

    /// <summary>A member as it is; null when it is null or absent.</summary>
    public JsonElement? Json(string name) => Find(name);

    /// <summary>A nested object. The names of its own members were read once, so that looking for one finds no half of a character.</summary>
    public JsonElement? Object(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        try
        {
            return value.ValueKind is JsonValueKind.Object && value.EnumerateObject().All(static member => member.Name is not null)
                ? value
                : throw Invalid($"{name} is not an object");
        }
        catch (InvalidOperationException)
        {
            throw Invalid($"a member's name in {name} is not well-formed Unicode");
        }
    }

    /// <summary>The members of a nested object.</summary>
    public JsonElement.ObjectEnumerator? Members(string name) => Object(name)?.EnumerateObject();

    /// <summary>A string's text; JSON can spell halves of characters, which no text may hold.</summary>
    public static string TextOf(JsonElement value, string name)
    {
        if (value.ValueKind is not JsonValueKind.String)
        {
            throw Invalid($"{name} is not a text");
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Invalid($"{name} is not well-formed Unicode");
        }
    }

    public void Dispose() => _document?.Dispose();

    private static async ValueTask<byte[]> ReadBytesAsync(PipeReader reader, int maxBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken);
            if (result.Buffer.Length > maxBytes)
            {
                reader.AdvanceTo(result.Buffer.End); // or the server could not read on and throw away the rest
                throw TooLarge(maxBytes);
            }

            if (result.IsCompleted)
            {
                byte[] bytes = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidArgument, message);

    private JsonElement? Find(string name) =>
        TryGet(name, out JsonElement value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    /// <remarks>Looking for one member reads the names of others, and any of them can hold half a character.</remarks>
    private bool TryGet(string name, out JsonElement value)
    {
        try
        {
            value = default;
            return _document?.RootElement.TryGetProperty(name, out value) is true;
        }
        catch (InvalidOperationException)
        {
            throw Invalid("a member's name is not well-formed Unicode");
        }
    }
}
