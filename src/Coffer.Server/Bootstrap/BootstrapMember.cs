using System.Text.Json;

namespace Coffer.Server.Bootstrap;

/// <summary>A value of the bootstrap file and where it stands, such as <c>accounts[0].keys[1].right</c>. Null counts as absent.</summary>
internal readonly struct BootstrapMember(JsonElement json, string where)
{
    /// <summary>People write this file: comments and trailing commas are fine.</summary>
    public static JsonDocumentOptions Syntax { get; } = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public JsonElement Json => json;

    public string Where => where;

    public bool IsAbsent => json.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>Expects an object that has no other members than these.</summary>
    public BootstrapMember Object(string example, params string[] known)
    {
        if (json.ValueKind is not JsonValueKind.Object)
        {
            throw Not($"an object, such as {example}");
        }

        foreach (JsonProperty member in json.EnumerateObject())
        {
            if (!known.Contains(NameOf(member), StringComparer.Ordinal))
            {
                throw At(member.Name).Wrong($"is unknown; what may stand there is {string.Join(", ", known)}");
            }
        }

        return this;
    }

    /// <summary>A member, present or not.</summary>
    public BootstrapMember this[string name] =>
        new(json.TryGetProperty(name, out JsonElement value) ? value : default, At(name).Where);

    /// <summary>The entries of a list; none when it is absent.</summary>
    public IReadOnlyList<BootstrapMember> List()
    {
        string here = where;
        return IsAbsent ? []
            : json.ValueKind is JsonValueKind.Array ? [.. json.EnumerateArray().Select((entry, index) => new BootstrapMember(entry, $"{here}[{index}]"))]
            : throw Not("a list in brackets [ ]");
    }

    public string? Text()
    {
        if (IsAbsent)
        {
            return null;
        }

        try
        {
            return json.ValueKind is JsonValueKind.String ? json.GetString() : throw Not("a text in quotes");
        }
        catch (InvalidOperationException)
        {
            throw Wrong("is not well-formed Unicode; half of a character stands in it, or the file is not UTF-8");
        }
    }

    public string RequiredText() => Text() ?? throw Wrong("is missing; it has to be there, a text in quotes");

    public bool Flag() => !IsAbsent
        && (json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : throw Not("true or false, without quotes"));

    public long? WholeNumber() => IsAbsent ? null
        : json.ValueKind is JsonValueKind.Number && json.TryGetInt64(out long number) ? number
        : throw Not("a whole number, without quotes");

    public BootstrapMemberException Wrong(string what) => new(where, $"{(where.Length == 0 ? "the file" : where)} {what}");

    /// <summary>The value itself is not shown: it may be a secret in the wrong place.</summary>
    public BootstrapMemberException Not(string wanted) => Wrong($"is {Kind(json)}; it has to be {wanted}");

    private static string Kind(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Undefined => "missing",
        _ => json.GetRawText(), // true, false, null
    };

    private BootstrapMember At(string name) => new(default, where.Length == 0 ? name : $"{where}.{name}");

    private string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw Wrong("has a member whose name is not well-formed Unicode");
        }
    }
}

/// <summary>A member of the bootstrap file is wrong. The message begins with where it stands.</summary>
internal sealed class BootstrapMemberException(string where, string message) : Exception(message)
{
    public string Where => where;
}
