using System.Globalization;
using System.Text.Json;

namespace Coffer.Policies;

/// <summary>What one rule said, and which of its terms failed.</summary>
/// <param name="Applies">Whether it is for this role and bucket.</param>
/// <param name="Holds">What its condition said; a rule that does not apply is not asked.</param>
/// <param name="Condition">Null for a rule that has none, or does not apply.</param>
internal sealed record RuleTrace(Policy Policy, bool Applies, bool Holds, Condition? Condition)
{
    /// <summary>Of what a rule compares with, this much is quoted: it may name hundreds of long texts.</summary>
    private const int MostQuoted = 8;

    public IEnumerable<Term> Terms => Condition?.Terms ?? [];

    public static RuleTrace Of(Policy policy, Demand demand, CallerFacts caller)
    {
        bool applies = policy.Concerns(caller.Role, demand.Row.Row.Bucket);
        Condition? condition = applies ? policy.ConditionOf(demand.Side) : null;
        return new RuleTrace(policy, applies, applies && (condition is null || condition.Holds(caller, demand.Row) is true), condition);
    }

    public void Write(Utf8JsonWriter json, Verdict verdict, Room room)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, Policy.Name);
        json.WriteString("effect"u8, Policy.Effect is PolicyEffect.Allow ? "allow" : "restrict");
        json.WriteBoolean("matched"u8, Applies && Holds);
        json.WriteStartArray("failed"u8);
        string role = verdict.Caller.Role, bucket = verdict.Demand.Row.Row.Bucket;
        if (!Policy.IsFor(role))
        {
            WriteFailed(json, () => WriteTexts(json, "roles", Policy.Roles!), "role", role);
        }

        if (!Policy.IsAbout(bucket))
        {
            WriteFailed(json, () => WriteTexts(json, "bucket", Policy.Buckets!), "bucket_id", bucket);
        }

        if (Applies && !Holds)
        {
            Explain(json, Condition!, verdict, room);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes the parts because of which a condition does not hold.</summary>
    private static void Explain(Utf8JsonWriter json, Condition condition, Verdict verdict, Room room)
    {
        CallerFacts caller = verdict.Caller;
        RowFacts row = verdict.Demand.Row;
        switch (condition)
        {
            case AllOf { Parts: var parts }:
                foreach (Condition part in parts.Where(part => room.IsLeft && part.Holds(caller, row) is not true))
                {
                    Explain(json, part, verdict, room);
                }

                break;
            case AnyOf { Parts: var parts }:
                foreach (Condition part in parts.Where(_ => room.IsLeft))
                {
                    Explain(json, part, verdict, room);
                }

                break;
            default:
                Term first = condition.Terms.First();
                WriteFailed(
                    json, () => WriteQuoted(json, condition), first.Fact.ToString(), first.Value(caller, row).ToString(),
                    condition is Term ? ExpectedOf(first, caller) : null);
                break;
        }
    }

    private static void WriteFailed(Utf8JsonWriter json, Action writeTerm, string fact, string? value, string? expected = null)
    {
        json.WriteStartObject();
        json.WritePropertyName("term"u8);
        writeTerm();
        json.WriteString("fact"u8, fact);
        json.WriteString("value"u8, Explanation.Short(value));
        if (expected is not null)
        {
            json.WriteString("expected"u8, Explanation.Short(expected));
        }

        json.WriteEndObject();
    }

    /// <summary>What a variable stands for; without one the term says it itself.</summary>
    private static string? ExpectedOf(Term term, CallerFacts caller) => term.Operands.Any(static operand => operand.Variable is not null)
        ? string.Join(", ", term.Operands.Take(MostQuoted).Select(operand => operand.Resolve(caller).ToString() ?? "nothing"))
        : null;

    /// <summary>A term, or a condition that is not to hold, as the policy has it, or as much of it as a person would read.</summary>
    private static void WriteQuoted(Utf8JsonWriter json, Condition condition)
    {
        int terms = condition.Terms.Count();
        if (terms <= MostQuoted)
        {
            json.WriteCondition(Shortened(condition));
            return;
        }

        json.WriteStartObject();
        json.WriteString("not"u8, string.Create(CultureInfo.InvariantCulture, $"a condition of {terms} terms"));
        json.WriteEndObject();
    }

    private static Condition Shortened(Condition condition) => condition switch
    {
        AllOf all => new AllOf([.. all.Parts.Select(Shortened)]),
        AnyOf any => new AnyOf([.. any.Parts.Select(Shortened)]),
        Not not => new Not(Shortened(not.Part)),
        Term term => new Term(term.Fact, term.Operator, Shortened(term.Operands), term.Exists),
        _ => condition,
    };

    private static Operand[] Shortened(IReadOnlyList<Operand> operands)
    {
        IEnumerable<Operand> some = operands.Take(MostQuoted).Select(static operand =>
            Explanation.Short(operand.Raw) is var text && text == operand.Raw ? operand : Operand.OfText(text!));
        return operands.Count <= MostQuoted ? [.. some] : [.. some, Operand.OfText(More(operands.Count))];
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartObject();
        json.WriteStartArray(name);
        foreach (string text in texts.Take(MostQuoted))
        {
            json.WriteStringValue(Explanation.Short(text));
        }

        if (texts.Count > MostQuoted)
        {
            json.WriteStringValue(More(texts.Count));
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string More(int count) => string.Create(CultureInfo.InvariantCulture, $"… {count - MostQuoted} more");
}
