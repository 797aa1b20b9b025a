using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>A text that servers write as null or as empty when there is none: empty here.</summary>
internal sealed class EmptyForNull : JsonConverter<string>
{
    public override bool HandleNull => true;

    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? "" : reader.GetString()!;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
