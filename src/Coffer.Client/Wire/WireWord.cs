using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>A closed set of words today that may grow tomorrow: an unknown word is kept, never an error.</summary>
internal interface IWireWord<TSelf> where TSelf : struct, IWireWord<TSelf>
{
    string Value { get; }

    static abstract TSelf Of(string word);
}

/// <summary>Reads and writes a word as a JSON string; null reads as the default word.</summary>
internal sealed class WireWordConverter<T> : JsonConverter<T> where T : struct, IWireWord<T>
{
    public override bool HandleNull => true;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? default : T.Of(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
