using System.Text.Json;

namespace Coffer.Policies;

/// <summary>What the rules said to one demand.</summary>
internal sealed record Verdict(Demand Demand, IReadOnlyList<RuleTrace> Rules)
{
    public Policy? ForbiddenBy => Rules.FirstOrDefault(static rule => rule is { Policy.Effect: PolicyEffect.Restrict, Applies: true, Holds: false })?.Policy;

    public Policy? AllowedBy => Rules.FirstOrDefault(static rule => rule is { Policy.Effect: PolicyEffect.Allow, Applies: true, Holds: true })?.Policy;

    public bool IsAllowed => AllowedBy is not null && ForbiddenBy is null;

    /// <param name="policies">Those of the table.</param>
    public static Verdict Of(IEnumerable<Policy> policies, Demand demand, CallerFacts caller) => new(
        demand,
        [.. policies.Where(policy => policy.Operations.HasFlag(demand.Verb)).Select(policy => RuleTrace.Of(policy, demand, caller))]);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("verb"u8, PolicyWriter.WordsOf(Demand.Verb).First());
        json.WriteString("row"u8, Demand.Side is PolicySide.Check ? "new" : "old");
        json.WriteBoolean("allowed"u8, IsAllowed);
        json.WriteStartArray("rules"u8);
        foreach (RuleTrace rule in Rules)
        {
            rule.Write(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>What one rule said, and which of its terms failed.</summary>
/// <param name="Applies">Whether it is for this role and bucket.</param>
internal sealed record RuleTrace(Policy Policy, bool Applies, bool Holds, IReadOnlyList<FailedTerm> Failed, IReadOnlyList<Term> Terms)
{
    public static RuleTrace Of(Policy policy, Demand demand, CallerFacts caller)
    {
        var failed = new List<FailedTerm>();
        string bucket = demand.Row.Row.Bucket;
        if (!policy.IsFor(caller.Role))
        {
            failed.Add(new FailedTerm(PolicyWriter.Text(json => WriteTexts(json, "roles", policy.Roles!)), "role", caller.Role, Expected: null));
        }

        if (!policy.IsAbout(bucket))
        {
            failed.Add(new FailedTerm(PolicyWriter.Text(json => WriteTexts(json, "bucket", policy.Buckets!)), "bucket_id", bucket, Expected: null));
        }

        bool applies = failed.Count == 0;
        Condition? condition = policy.ConditionOf(demand.Side);
        bool holds = condition is null || condition.Holds(caller, demand.Row) is true;
        if (!holds)
        {
            Explain(condition!, caller, demand.Row, failed);
        }

        return new RuleTrace(policy, applies, holds, failed, condition is null ? [] : [.. condition.Terms]);
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, Policy.Name);
        json.WriteString("effect"u8, Policy.Effect is PolicyEffect.Allow ? "allow" : "restrict");
        json.WriteBoolean("matched"u8, Applies && Holds);
        json.WriteStartArray("failed"u8);
        foreach (FailedTerm term in Failed)
        {
            term.Write(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartObject();
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Collects the parts because of which a condition does not hold.</summary>
    private static void Explain(Condition condition, CallerFacts caller, RowFacts row, List<FailedTerm> failed)
    {
        switch (condition)
        {
            case AllOf { Parts: var parts }:
                foreach (Condition part in parts.Where(part => part.Holds(caller, row) is not true))
                {
                    Explain(part, caller, row, failed);
                }

                break;
            case AnyOf { Parts: var parts }:
                foreach (Condition part in parts)
                {
                    Explain(part, caller, row, failed);
                }

                break;
            case Term term:
                failed.Add(new FailedTerm(
                    PolicyWriter.Text(json => json.WriteCondition(term)), term.Fact.ToString(), term.Value(caller, row).ToString(), ExpectedOf(term, caller)));
                break;
            default:
                Term[] inside = [.. condition.Terms];
                failed.Add(new FailedTerm(
                    PolicyWriter.Text(json => json.WriteCondition(condition)), inside[0].Fact.ToString(), inside[0].Value(caller, row).ToString(), Expected: null));
                break;
        }
    }

    /// <summary>What a variable stands for; without one the term says it itself.</summary>
    private static string? ExpectedOf(Term term, CallerFacts caller) => term.Operands.Any(static operand => operand.Variable is not null)
        ? string.Join(", ", term.Operands.Select(operand => operand.Resolve(caller).ToString() ?? "nothing"))
        : null;
}

/// <param name="TermJson">The term as the policy has it.</param>
/// <param name="Value">What the fact was; null when it was missing.</param>
/// <param name="Expected">What its variables stood for; null when it has none.</param>
internal sealed record FailedTerm(string TermJson, string Fact, string? Value, string? Expected)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WritePropertyName("term"u8);
        json.WriteRawValue(TermJson);
        json.WriteString("fact"u8, Fact);
        json.WriteString("value"u8, Explanation.Short(Value));
        if (Expected is not null)
        {
            json.WriteString("expected"u8, Explanation.Short(Expected));
        }

        json.WriteEndObject();
    }
}
