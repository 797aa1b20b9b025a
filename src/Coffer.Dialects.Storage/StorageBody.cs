using System.Globalization;
using System.Text.Json;
using Coffer.Http;
using Microsoft.Net.Http.Headers;

namespace Coffer.Dialects.Storage;

/// <summary>
/// The JSON object of a request, or one inside it. Values are taken for what is wanted where that is possible, because published
/// clients rely on it: numbers in texts, texts and numbers for booleans, a list of one for the one.
/// </summary>
internal sealed class StorageBody : IDisposable
{
    private readonly JsonBody? _owned;
    private readonly JsonElement _element;
    private readonly string _path;

    private StorageBody(JsonBody? owned, JsonElement element, string path) => (_owned, _element, _path) = (owned, element, path);

    /// <exception cref="StorageRefusal">The body is too large, or the Content-Type header broken.</exception>
    /// <exception cref="StoreException">InvalidArgument when it is no JSON object.</exception>
    public static async ValueTask<StorageBody> ReadAsync(StorageCall call)
    {
        if (call.Http.Request.ContentType is { } type && !MediaTypeHeaderValue.TryParse(type, out _))
        {
            throw new StorageRefusal(StorageErrors.InvalidContentType, "");
        }

        try
        {
            JsonBody body = await JsonBody.ReadAsync(call.Http);
            return body.Bytes.IsEmpty
                ? throw StorageErrors.Validation("body must be object, but is empty")
                : new StorageBody(body, body.Root, "body");
        }
        catch (StoreException refused) when (refused.Code is StoreErrorCode.TooLarge)
        {
            throw new StorageRefusal(StorageErrors.BodyTooLarge, "");
        }
    }

    /// <summary>Whether the member is there, null or not.</summary>
    public bool Has(string name) => TryGet(name, out _);

    public string? Text(string name) => Find(name) is { } value ? TextOf(value, $"{_path}/{name}") : null;

    public string RequiredText(string name) => Text(name) ?? throw Missing(name);

    public long? Integer(string name, long min)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        long? number = Scalar(value) switch
        {
            { ValueKind: JsonValueKind.Number } plain => Whole(plain.GetRawText()),
            { ValueKind: JsonValueKind.String } text => Whole(JsonBody.TextOf(text, $"{_path}/{name}")),
            { ValueKind: JsonValueKind.True } => 1,
            { ValueKind: JsonValueKind.False } => 0,
            _ => null,
        };
        return number is null ? throw StorageErrors.Validation($"{_path}/{name} must be integer")
            : number >= min ? number
            : throw StorageErrors.Validation($"{_path}/{name} must be >= {min}");
    }

    public bool? Flag(string name)
    {
        if (!TryGet(name, out JsonElement value))
        {
            return null;
        }

        return Scalar(value) switch
        {
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False or JsonValueKind.Null } => false,
            { ValueKind: JsonValueKind.String } text when JsonBody.TextOf(text, $"{_path}/{name}") is "true" => true,
            { ValueKind: JsonValueKind.String } text when JsonBody.TextOf(text, $"{_path}/{name}") is "false" => false,
            { ValueKind: JsonValueKind.Number } number when number.GetRawText() is "1" => true,
            { ValueKind: JsonValueKind.Number } number when number.GetRawText() is "0" => false,
            _ => throw StorageErrors.Validation($"{_path}/{name} must be boolean"),
        };
    }

    /// <summary>A list of texts; one text alone counts as a list of it.</summary>
    public IReadOnlyList<string>? Texts(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        return value.ValueKind is JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((item, index) => TextOf(item, $"{_path}/{name}/{index}"))]
            : [TextOf(value, $"{_path}/{name}")];
    }

    /// <exception cref="StorageRefusal">It is absent, empty, or longer than allowed.</exception>
    public IReadOnlyList<string> RequiredTexts(string name, int max)
    {
        IReadOnlyList<string> texts = Texts(name) ?? throw Missing(name);
        return texts.Count == 0 ? throw StorageErrors.Validation($"{_path}/{name} must NOT have fewer than 1 items")
            : texts.Count <= max ? texts
            : throw StorageErrors.Validation($"{_path}/{name} must NOT have more than {max} items");
    }

    /// <summary>An object inside this one, which owns it.</summary>
    public StorageBody? Nested(string name) => Find(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.Object ? new StorageBody(owned: null, value, $"{_path}/{name}")
        : throw StorageErrors.Validation($"{_path}/{name} must be object");

    /// <summary>One of some words; null when the member is absent.</summary>
    public string? Word(string name, params ReadOnlySpan<string> allowed)
    {
        string? word = Text(name);
        return word is null || allowed.Contains(word)
            ? word
            : throw StorageErrors.Validation($"{_path}/{name} must be equal to one of the allowed values: {string.Join(", ", allowed!)}");
    }

    public StorageRefusal Missing(string name) => StorageErrors.Validation($"{_path} must have required property '{name}'");

    public void Dispose() => _owned?.Dispose();

    /// <summary>A whole number as texts spell it; <c>3600.0</c> is one.</summary>
    public static long? Whole(string text) =>
        WholeNumber.TryParse(text, out long number) ? number
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double real)
            && Math.Abs(real) < long.MaxValue && Math.Floor(real) == real ? (long)real
        : null;

    private static string TextOf(JsonElement value, string path) => Scalar(value) switch
    {
        { ValueKind: JsonValueKind.String } text => JsonBody.TextOf(text, path),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        { ValueKind: JsonValueKind.True } => "true",
        { ValueKind: JsonValueKind.False } => "false",
        _ => throw StorageErrors.Validation($"{path} must be string"),
    };

    private static JsonElement Scalar(JsonElement value) =>
        value.ValueKind is JsonValueKind.Array && value.GetArrayLength() == 1 ? value[0] : value;

    private JsonElement? Find(string name) => TryGet(name, out JsonElement value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    /// <remarks>Looking for one member reads the names of others, and any of them can hold half a character.</remarks>
    private bool TryGet(string name, out JsonElement value)
    {
        value = default;
        try
        {
            return _element.ValueKind is JsonValueKind.Object && _element.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            throw StorageErrors.Validation("a member's name is not well-formed Unicode");
        }
    }
}
