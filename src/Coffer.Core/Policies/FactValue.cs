using System.Globalization;
using System.Text.Json;

namespace Coffer.Policies;

/// <summary>What a fact is: a text, several (a claim that is an array), or missing.</summary>
internal readonly record struct FactValue
{
    private FactValue(string? text, IReadOnlyList<string>? texts) => (Text, Texts) = (text, texts);

    public static FactValue Missing => default;

    public string? Text { get; }

    public IReadOnlyList<string>? Texts { get; }

    public bool IsMissing => Text is null && Texts is null;

    public static FactValue Of(string? text) => new(text, null);

    public static FactValue Of(long? number) => new(number?.ToString(CultureInfo.InvariantCulture), null);

    public static FactValue Of(IReadOnlyList<string> texts) => new(null, texts);

    /// <summary>A JSON value as text: null is missing, an array is its members, an object its JSON.</summary>
    public static FactValue Of(JsonElement? json)
    {
        if (json is not { } value)
        {
            return Missing;
        }

        return value.ValueKind is JsonValueKind.Array
            ? Of([.. value.EnumerateArray().Select(TextOf).OfType<string>()])
            : Of(TextOf(value));
    }

    /// <summary>Finds a member by a path with dots; names may hold dots themselves, as those of many claims do.</summary>
    public static JsonElement? Find(JsonElement json, string path)
    {
        if (json.ValueKind is not JsonValueKind.Object)
        {
            return null;
        }

        try
        {
            if (json.TryGetProperty(path, out JsonElement whole))
            {
                return whole;
            }

            for (int dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
            {
                if (json.TryGetProperty(path.AsSpan(0, dot), out JsonElement inner) && Find(inner, path[(dot + 1)..]) is { } found)
                {
                    return found;
                }
            }
        }
        catch (InvalidOperationException)
        {
            // A name with half a character in it, which JSON can spell: it is nobody's fact.
        }

        return null;
    }

    /// <summary>Whether the value, or one of several, passes.</summary>
    public bool Any(Func<string, bool> passes) => Text is not null ? passes(Text) : Texts is not null && Texts.Any(passes);

    public override string? ToString() => Texts is null ? Text : string.Join(", ", Texts);

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Null or JsonValueKind.Undefined => null,
                JsonValueKind.String => value.GetString(),
                _ => value.GetRawText(),
            };
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
