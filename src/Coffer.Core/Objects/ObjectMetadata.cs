using System.Text;
using System.Text.Json;

namespace Coffer.Objects;

/// <summary>Names and values that a user attached to an object. Kept as the JSON text that every dialect answers.</summary>
public sealed class ObjectMetadata
{
    public const int MaxPairs = 64;
    public const int MaxNameLength = 128;
    public const int MaxValueLength = 2048;

    private ObjectMetadata(string json) => Json = json;

    /// <summary>A JSON object; its values are strings, unless the Storage dialect took it.</summary>
    public string Json { get; }

    /// <summary>Takes what <see cref="Json"/> once gave.</summary>
    public static ObjectMetadata FromStored(string json) => new(json);

    /// <summary>Takes any JSON object, whatever is nested in it.</summary>
    /// <exception cref="StoreException">InvalidArgument when it is no object.</exception>
    public static ObjectMetadata FromJson(JsonElement json) => json.ValueKind is JsonValueKind.Object
        ? new ObjectMetadata(JsonSerializer.Serialize(json))
        : throw new StoreException(StoreErrorCode.InvalidArgument, "user metadata is a JSON object");

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

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach ((string name, string value) in kept)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        return new ObjectMetadata(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
