using System.Globalization;
using System.Text.Json;

namespace Coffer.Policies;

/// <summary>Reads policies from JSON. Every refusal names the member that is wrong.</summary>
public static class PolicyReader
{
    public const int MaxPolicies = 500;

    /// <summary>In the place of roles and buckets: all of them.</summary>
    internal const string Everyone = "*";

    private const int MaxNameLength = 200;
    private const int MaxTexts = 200;
    private const int MaxTextLength = 1024;

    private static readonly string[] Members =
        ["table", "name", "effect", "operations", "roles", "bucket", "when", "check"];

    /// <summary>Reads a list: an array, one policy alone, or an object whose member <c>policies</c> is the list. Entries may be presets.</summary>
    /// <exception cref="StoreException">InvalidArgument.</exception>
    public static IReadOnlyList<Policy> ReadList(JsonElement json)
    {
        RequireNames(json);
        if (json.ValueKind is JsonValueKind.Object && json.TryGetProperty("policies", out JsonElement list))
        {
            json = list;
        }
        else if (json.ValueKind is JsonValueKind.Object)
        {
            return CheckNames(Read(json, "the policy"));
        }

        return json.ValueKind is JsonValueKind.Array
            ? ReadList([.. json.EnumerateArray()])
            : throw Wrong("policies is neither an array nor a policy");
    }

    /// <exception cref="StoreException">InvalidArgument.</exception>
    public static IReadOnlyList<Policy> ReadList(IReadOnlyList<JsonElement> entries)
    {
        var policies = new List<Policy>();
        foreach ((int index, JsonElement entry) in entries.Index())
        {
            policies.AddRange(Read(entry, string.Create(CultureInfo.InvariantCulture, $"policies[{index}]")));
        }

        return CheckNames(policies);
    }

    /// <summary>Reads one entry of a list: a policy, or a preset, which may be several.</summary>
    /// <param name="where">What refusals call it, such as <c>policies[3]</c>.</param>
    /// <exception cref="StoreException">InvalidArgument.</exception>
    public static IReadOnlyList<Policy> ReadEntry(JsonElement json, string where) => Read(json, where);

    /// <summary>Reads one policy.</summary>
    /// <exception cref="StoreException">InvalidArgument.</exception>
    public static Policy Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return ReadPolicy(document.RootElement, "the policy");
    }

    internal static StoreException Wrong(string message) => new(StoreErrorCode.InvalidArgument, message);

    internal static string TextOf(JsonElement json)
    {
        try
        {
            string text = json.ValueKind is JsonValueKind.String ? json.GetString()! : throw Wrong("is not a text");
            return text.Length <= MaxTextLength
                ? text
                : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"has {text.Length} characters; {MaxTextLength} are allowed"));
        }
        catch (InvalidOperationException)
        {
            throw Wrong("is not well-formed Unicode");
        }
    }

    /// <summary>Runs a step, and puts the member's name before what it finds wrong.</summary>
    internal static T At<T>(string member, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (StoreException wrong) when (wrong.Code is StoreErrorCode.InvalidArgument && wrong.InnerException is null)
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, $"{member} {wrong.Message}", wrong);
        }
    }

    /// <summary>Looking for a member reads the names of others, and any of them can hold half a character.</summary>
    private static void RequireNames(JsonElement json)
    {
        if (json.ValueKind is JsonValueKind.Object)
        {
            foreach (JsonProperty member in json.EnumerateObject())
            {
                NameOf(member);
            }
        }
    }

    private static IReadOnlyList<Policy> Read(JsonElement json, string where)
    {
        RequireNames(json);
        return json.ValueKind is JsonValueKind.Object && json.TryGetProperty("preset", out _)
            ? ReadPreset(json, where)
            : [ReadPolicy(json, where)];
    }

    private static IReadOnlyList<Policy> ReadPreset(JsonElement json, string where)
    {
        CheckMembers(json, where, ["preset", "bucket"]);
        string preset = At($"{where}.preset", () => TextOf(json.GetProperty("preset")));
        string bucket = At($"{where}.bucket", () => json.TryGetProperty("bucket", out JsonElement name) ? TextOf(name) : throw Wrong("is missing"));
        return At($"{where}.preset", () => Presets.Expand(preset, bucket));
    }

    private static Policy ReadPolicy(JsonElement json, string where)
    {
        if (json.ValueKind is not JsonValueKind.Object)
        {
            throw Wrong($"{where} is not an object");
        }

        CheckMembers(json, where, Members);
        PolicyTable table = Member("table", false, PolicyTable.Objects, static value => TextOf(value) switch
        {
            "objects" => PolicyTable.Objects,
            "buckets" => PolicyTable.Buckets,
            var other => throw Wrong($"is '{other}'; it is objects or buckets"),
        });
        return new Policy
        {
            Table = table,
            Name = Member("name", true, "", static value => TextOf(value) is { Length: > 0 and <= MaxNameLength } name && !name.Any(char.IsControl)
                ? name
                : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"has 1 to {MaxNameLength} characters, no control characters"))),
            Effect = Member("effect", false, PolicyEffect.Allow, static value => TextOf(value) switch
            {
                "allow" => PolicyEffect.Allow,
                "restrict" => PolicyEffect.Restrict,
                var other => throw Wrong($"is '{other}'; it is allow or restrict"),
            }),
            Operations = Member("operations", true, PolicyVerbs.None, static value => Texts(value).Aggregate(
                PolicyVerbs.None, static (verbs, word) => verbs
                    | (VerbOf(word) ?? throw Wrong($"holds '{word}'; operations are select, insert, update and delete")))),
            Roles = Member<IReadOnlyList<string>?>("roles", false, null, static value => AllOrSome(Texts(value))),
            Buckets = Member<IReadOnlyList<string>?>("bucket", true, null, static value => AllOrSome(Texts(value))),
            When = Condition("when"),
            Check = Condition("check"),
        };

        T Member<T>(string name, bool isRequired, T otherwise, Func<JsonElement, T> read) =>
            json.TryGetProperty(name, out JsonElement value) && value.ValueKind is not JsonValueKind.Null
                ? At($"{where}.{name}", () => read(value))
                : isRequired ? throw Wrong($"{where}.{name} is missing") : otherwise;

        Condition? Condition(string name) =>
            json.TryGetProperty(name, out JsonElement value) && value.ValueKind is not JsonValueKind.Null
                ? ConditionReader.Read(value, $"{where}.{name}", table)
                : null;
    }

    /// <summary>The verb of a word; null when it is none.</summary>
    public static PolicyVerbs? VerbOf(string word) => word switch
    {
        "select" => PolicyVerbs.Select,
        "insert" => PolicyVerbs.Insert,
        "update" => PolicyVerbs.Update,
        "delete" => PolicyVerbs.Delete,
        _ => null,
    };

    /// <summary>A text alone, or an array of texts.</summary>
    private static string[] Texts(JsonElement json)
    {
        string[] texts = json.ValueKind is JsonValueKind.Array ? [.. json.EnumerateArray().Select(TextOf)] : [TextOf(json)];
        return texts.Length is > 0 and <= MaxTexts && texts.All(static text => text.Length > 0)
            ? texts
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"holds nothing, an empty text, or more than {MaxTexts} texts"));
    }

    private static string[]? AllOrSome(string[] texts) => texts.Contains(Everyone, StringComparer.Ordinal) ? null : texts;

    private static void CheckMembers(JsonElement json, string where, string[] known)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty member in json.EnumerateObject())
        {
            string name = NameOf(member);
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                throw Wrong($"{where}.{name} is unknown; a policy has {string.Join(", ", known)}");
            }

            if (!seen.Add(name))
            {
                throw Wrong($"{where}.{name} is there twice");
            }
        }
    }

    internal static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw Wrong("a member's name is not well-formed Unicode");
        }
    }

    private static IReadOnlyList<Policy> CheckNames(IReadOnlyList<Policy> policies)
    {
        if (policies.Count > MaxPolicies)
        {
            throw Wrong(string.Create(CultureInfo.InvariantCulture, $"there are {policies.Count} policies; {MaxPolicies} are allowed"));
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        return policies.FirstOrDefault(policy => !seen.Add(policy.Name)) is { } twice
            ? throw Wrong($"two policies have the name '{twice.Name}'")
            : policies;
    }
}
