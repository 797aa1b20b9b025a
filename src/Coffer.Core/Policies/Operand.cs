using System.Text.Json;

namespace Coffer.Policies;

/// <summary>What a fact is compared with: a text, a number, true or false, or a variable of the caller.</summary>
internal sealed record Operand
{
    private const string JwtVariable = "$jwt.";
    private readonly string _text;
    private readonly JsonValueKind _kind;
    private readonly Fact? _variable;

    private Operand(string text, JsonValueKind kind, Fact? variable) => (_text, _kind, _variable) = (text, kind, variable);

    /// <summary>The variable <c>$uid</c>.</summary>
    public static Operand Uid { get; } = ParseText("$uid");

    /// <summary>Whether it was written as a number, so that texts like 1.0 equal it.</summary>
    public bool IsNumber => _kind is JsonValueKind.Number;

    public Fact? Variable => _variable;

    /// <summary>The text as it counts: without the sign that kept it from being a variable.</summary>
    public string Raw => _text;

    public static Operand OfText(string text) => new(text, JsonValueKind.String, variable: null);

    /// <exception cref="StoreException">InvalidArgument; the message has no member's name yet.</exception>
    public static Operand Parse(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => ParseText(PolicyReader.TextOf(json)),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => new Operand(json.GetRawText(), json.ValueKind, variable: null),
        _ => throw PolicyReader.Wrong("is neither a text, a number, true nor false"),
    };

    /// <summary>What it stands for with this caller.</summary>
    public FactValue Resolve(CallerFacts caller) => _variable is { } variable ? caller.Value(variable) : FactValue.Of(_text);

    public void Write(Utf8JsonWriter json)
    {
        switch (_kind)
        {
            case JsonValueKind.String when _variable is null && _text.StartsWith('$'):
                json.WriteStringValue("$" + _text);
                break;
            case JsonValueKind.String:
                json.WriteStringValue(_text);
                break;
            default:
                json.WriteRawValue(_text);
                break;
        }
    }

    private static Operand ParseText(string text) => text switch
    {
        "$uid" => new Operand(text, JsonValueKind.String, new Fact(FactKind.Uid)),
        "$role" => new Operand(text, JsonValueKind.String, new Fact(FactKind.Role)),
        _ when text.StartsWith(JwtVariable, StringComparison.Ordinal) && text.Length > JwtVariable.Length =>
            new Operand(text, JsonValueKind.String, new Fact(FactKind.Jwt, text[JwtVariable.Length..])),
        _ when text.StartsWith("$$", StringComparison.Ordinal) => OfText(text[1..]),
        _ when text.StartsWith('$') => throw PolicyReader.Wrong(
            $"is '{text}', and the variables are $uid, $role and $jwt.PATH; a text that begins with $ is written with $$"),
        _ => OfText(text),
    };
}
