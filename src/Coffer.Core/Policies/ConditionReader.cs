using System.Globalization;
using System.Text.Json;

namespace Coffer.Policies;

/// <summary>Reads conditions: <c>all</c>, <c>any</c>, <c>not</c>, and terms in both of their forms.</summary>
internal static class ConditionReader
{
    /// <summary>Most terms of a condition; a list asks them of every row.</summary>
    private const int MaxTerms = 100;
    private const int MaxDepth = 16;
    private const int MaxValues = 500;

    public static Condition Read(JsonElement json, string where, PolicyTable table)
    {
        Condition condition = Read(json, where, table, depth: 0);
        return condition.Terms.Take(MaxTerms + 1).Count() <= MaxTerms
            ? condition
            : throw PolicyReader.Wrong(string.Create(CultureInfo.InvariantCulture, $"{where} has more than {MaxTerms} terms"));
    }

    private static Condition Read(JsonElement json, string where, PolicyTable table, int depth)
    {
        if (depth == MaxDepth)
        {
            throw PolicyReader.Wrong(string.Create(CultureInfo.InvariantCulture, $"{where} is nested deeper than {MaxDepth} conditions"));
        }

        if (json.ValueKind is not JsonValueKind.Object)
        {
            throw PolicyReader.Wrong($"{where} is not an object");
        }

        JsonProperty[] members = [.. json.EnumerateObject()];
        string[] names = [.. members.Select(PolicyReader.NameOf)];
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Length)
        {
            throw PolicyReader.Wrong($"{where} has a member twice");
        }

        return names switch
        {
            ["all"] => new AllOf(Parts(members[0].Value, $"{where}.all", table, depth)),
            ["any"] => new AnyOf(Parts(members[0].Value, $"{where}.any", table, depth)),
            ["not"] => new Not(Read(members[0].Value, $"{where}.not", table, depth + 1)),
            [] => throw PolicyReader.Wrong($"{where} is empty; leave it out for a rule without a condition"),
            _ => ReadTerm(members, names, where, table),
        };
    }

    private static Condition[] Parts(JsonElement json, string where, PolicyTable table, int depth)
    {
        Condition[] parts = json.ValueKind is JsonValueKind.Array
            ? [.. json.EnumerateArray().Index().Select(part => Read(
                part.Item, string.Create(CultureInfo.InvariantCulture, $"{where}[{part.Index}]"), table, depth + 1))]
            : throw PolicyReader.Wrong($"{where} is not an array of conditions");
        return parts.Length > 0 ? parts : throw PolicyReader.Wrong($"{where} is empty");
    }

    private static Condition ReadTerm(JsonProperty[] members, string[] names, string where, PolicyTable table)
    {
        int folder = Array.IndexOf(names, "folder");
        if (folder >= 0)
        {
            // {"folder": 1, "eq": "…"}
            int index = members[folder].Value.ValueKind is JsonValueKind.Number && members[folder].Value.TryGetInt32(out int number) && number > 0
                ? number
                : throw PolicyReader.Wrong($"{where}.folder is not the number of a folder, from 1");
            return Operators(Allowed(new Fact(FactKind.Folder, Index: index), where, table), members.Where(member => member.Name != "folder"), where);
        }

        string name = names[0];
        Fact fact = PolicyReader.At(where, () => Fact.Parse(name) ?? throw PolicyReader.Wrong(
            $"names '{name}', which is neither all, any, not nor one of the facts {Fact.Known}"));
        if (members.Length > 1)
        {
            throw PolicyReader.Wrong($"{where} holds '{name}' and '{names[1]}'; put one term in each object, and several into all or any");
        }

        Allowed(fact, where, table);
        return members[0].Value.ValueKind is JsonValueKind.Object
            ? Operators(fact, members[0].Value.EnumerateObject(), $"{where}.{name}")
            : new Term(fact, TermOperator.Eq, [PolicyReader.At($"{where}.{name}", () => Operand.Parse(members[0].Value))]);
    }

    private static Fact Allowed(Fact fact, string where, PolicyTable table) => table is PolicyTable.Objects || fact.IsOfBuckets
        ? fact
        : throw PolicyReader.Wrong($"{where} looks at {fact}, which buckets do not have");

    private static Condition Operators(Fact fact, IEnumerable<JsonProperty> members, string where)
    {
        Term[] terms = [.. members.Select(member => ReadOperator(fact, member, where))];
        return terms switch
        {
            [] => throw PolicyReader.Wrong($"{where} compares nothing; operators are eq, ne, in, glob, exists, lt, le, gt and ge"),
            [{ } only] => only,
            _ => new AllOf(terms),
        };
    }

    private static Term ReadOperator(Fact fact, JsonProperty member, string where)
    {
        string name = PolicyReader.NameOf(member);
        JsonElement value = member.Value;
        return PolicyReader.At($"{where}.{name}", () => name switch
        {
            "eq" => new Term(fact, TermOperator.Eq, [Operand.Parse(value)]),
            "ne" => new Term(fact, TermOperator.Ne, [Operand.Parse(value)]),
            "in" => new Term(fact, TermOperator.In, Values(value)),
            "glob" => new Term(fact, TermOperator.Glob, [Operand.OfText(PolicyReader.TextOf(value))]),
            "exists" => new Term(fact, TermOperator.Exists, [], value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => throw PolicyReader.Wrong("is neither true nor false"),
            }),
            "lt" => new Term(fact, TermOperator.Lt, [Operand.Parse(value)]),
            "le" => new Term(fact, TermOperator.Le, [Operand.Parse(value)]),
            "gt" => new Term(fact, TermOperator.Gt, [Operand.Parse(value)]),
            "ge" => new Term(fact, TermOperator.Ge, [Operand.Parse(value)]),
            _ => throw PolicyReader.Wrong("is no operator; they are eq, ne, in, glob, exists, lt, le, gt and ge"),
        });
    }

    /// <summary>An array, or a variable whose claim is an array.</summary>
    private static Operand[] Values(JsonElement json)
    {
        if (json.ValueKind is not JsonValueKind.Array)
        {
            Operand alone = Operand.Parse(json);
            return alone.Variable is not null ? [alone] : throw PolicyReader.Wrong("is neither an array nor a variable");
        }

        Operand[] values = [.. json.EnumerateArray().Select(Operand.Parse)];
        return values.Length is > 0 and <= MaxValues
            ? values
            : throw PolicyReader.Wrong(string.Create(CultureInfo.InvariantCulture, $"has {values.Length} values; 1 to {MaxValues} are allowed"));
    }
}
