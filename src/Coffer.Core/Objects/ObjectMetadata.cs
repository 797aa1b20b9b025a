using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Coffer.Objects;

/// <summary>
/// Names and values that a user attached to an object, kept as JSON text: of strings in the Objects dialect, of anything in the
/// Storage dialect.
/// </summary>
public sealed class ObjectMetadata
{
    public const int MaxPairs = 64;
    public const int MaxNameLength = 128;
    public const int MaxValueLength = 2048;

    /// <summary>Most bytes of JSON that <see cref="FromJson"/> takes, 1 MiB.</summary>
    public const int MaxJsonBytes = 1 << 20;

    /// <summary>Deeper than any parser lets text come in.</summary>
    private const int MaxDepth = 1000;

    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = MaxDepth };
    private static readonly JsonWriterOptions WriteOptions = new() { MaxDepth = MaxDepth, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private ObjectMetadata(string json) => Json = json;

    /// <summary>A JSON object without white space.</summary>
    public string Json { get; }

    /// <summary>Takes what <see cref="Json"/> once gave.</summary>
    public static ObjectMetadata FromStored(string json) => new(json);

    /// <summary>Takes any JSON object, whatever is nested in it.</summary>
    /// <exception cref="StoreException">InvalidArgument when it is no object, or not well-formed Unicode; TooLarge beyond <see cref="MaxJsonBytes"/>.</exception>
    public static ObjectMetadata FromJson(JsonElement json)
    {
        if (json.ValueKind is not JsonValueKind.Object)
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, "user metadata is a JSON object");
        }

        string text = Write(writer => WriteWhole(writer, json));
        return Encoding.UTF8.GetByteCount(text) <= MaxJsonBytes
            ? new ObjectMetadata(text)
            : throw new StoreException(StoreErrorCode.TooLarge, $"user metadata is larger than the {MaxJsonBytes} bytes that are allowed");
    }

    /// <summary>As names and texts: what is no string is given as its JSON text.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToPairs()
    {
        using JsonDocument document = JsonDocument.Parse(Json, ReadOptions);
        var pairs = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty member in document.RootElement.EnumerateObject())
        {
            pairs[member.Name] = member.Value.ValueKind is JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText();
        }

        return pairs;
    }

    /// <param name="pairs">Of a name that comes twice the last value counts, as in JSON.</param>
    /// <exception cref="StoreException">InvalidArgument when a limit is passed.</exception>
    public static ObjectMetadata From(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var kept = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in pairs)
        {
            if (name.Length is 0 or > MaxNameLength)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidArgument, $"a metadata name has {name.Length} characters; 1 to {MaxNameLength} are allowed");
            }

            if (value.Length > MaxValueLength)
            {
                throw new StoreException(
                    StoreErrorCode.InvalidArgument,
                    $"the metadata value of '{name}' has {value.Length} characters; {MaxValueLength} are allowed");
            }

            kept[name] = value;
            if (kept.Count > MaxPairs)
            {
                throw new StoreException(StoreErrorCode.InvalidArgument, $"metadata holds more than {MaxPairs} pairs");
            }
        }

        return new ObjectMetadata(Write(json =>
        {
            json.WriteStartObject();
            foreach ((string name, string value) in kept)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }));
    }

    private static void WriteWhole(Utf8JsonWriter writer, JsonElement json)
    {
        try
        {
            CheckTexts(json);
        }
        catch (InvalidOperationException) // what the reader says of half a character
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, "user metadata is not well-formed Unicode");
        }

        json.WriteTo(writer);
    }

    /// <summary>Reads every text once: an escaped half of a character parses, but nobody could read it back.</summary>
    private static void CheckTexts(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                _ = json.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in json.EnumerateArray())
                {
                    CheckTexts(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty member in json.EnumerateObject())
                {
                    _ = member.Name;
                    CheckTexts(member.Value);
                }

                break;
        }
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, WriteOptions))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
