using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>
/// The size that a file of a bucket may have: bytes, or a text such as <c>20MB</c>, or no limit of the bucket's own.
/// </summary>
/// <remarks>The server reads a text by decimal units: <c>1MB</c> is 1 000 000 bytes.</remarks>
[JsonConverter(typeof(SizeLimitConverter))]
public readonly record struct SizeLimit
{
    private readonly long? _bytes;
    private readonly string? _text;

    /// <summary>Takes a number of bytes.</summary>
    /// <param name="bytes">Zero or more; zero lets only empty files in.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public SizeLimit(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        _bytes = bytes;
    }

    /// <summary>Takes a number with a unit: b, kb, mb or gb, in any case.</summary>
    /// <param name="text">For example <c>1.5gb</c>; the server judges it.</param>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public SizeLimit(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        _text = text;
    }

    /// <summary>No limit of the bucket's own: the server's holds. This is the default value.</summary>
    public static SizeLimit None => default;

    /// <summary>Lets a number of bytes stand where a limit is asked for.</summary>
    /// <param name="bytes">Zero or more.</param>
    public static implicit operator SizeLimit(long bytes) => new(bytes);

    /// <summary>Lets a text stand where a limit is asked for.</summary>
    /// <param name="text">For example <c>20MB</c>.</param>
    public static implicit operator SizeLimit(string text) => new(text);

    /// <summary>The named form of the conversion from a number.</summary>
    /// <param name="bytes">Zero or more.</param>
    public static SizeLimit FromInt64(long bytes) => new(bytes);

    /// <summary>The named form of the conversion from text.</summary>
    /// <param name="text">For example <c>20MB</c>.</param>
    public static SizeLimit FromString(string text) => new(text);

    /// <summary>The limit as the wire has it; <c>none</c> where there is none.</summary>
    public override string ToString() => _text ?? _bytes?.ToString(CultureInfo.InvariantCulture) ?? "none";

    internal void Write(Utf8JsonWriter writer)
    {
        if (_text is not null)
        {
            writer.WriteStringValue(_text);
        }
        else if (_bytes is { } bytes)
        {
            writer.WriteNumberValue(bytes);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}

/// <summary>Writes a limit as number, text or null; only requests have one.</summary>
internal sealed class SizeLimitConverter : JsonConverter<SizeLimit>
{
    public override SizeLimit Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Number => new(reader.GetInt64()),
            JsonTokenType.String => new(reader.GetString()!),
            _ => default,
        };

    public override void Write(Utf8JsonWriter writer, SizeLimit value, JsonSerializerOptions options) => value.Write(writer);
}
