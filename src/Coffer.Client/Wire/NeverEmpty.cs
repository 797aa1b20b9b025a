using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>A text without which an answer is none: an empty view would pass for an object that is not there.</summary>
internal sealed class NeverEmpty : JsonConverter<string>
{
    public override bool HandleNull => true;

    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String && reader.GetString() is { Length: > 0 } text
            ? text
            : throw new JsonException("a text that is never empty is expected here");

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
