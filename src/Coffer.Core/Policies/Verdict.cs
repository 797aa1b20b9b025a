using System.Text.Json;

namespace Coffer.Policies;

/// <summary>What the rules said to one demand.</summary>
internal sealed record Verdict(Demand Demand, CallerFacts Caller, IReadOnlyList<RuleTrace> Rules)
{
    public Policy? ForbiddenBy => Rules.FirstOrDefault(static rule => rule is { Policy.Effect: PolicyEffect.Restrict, Applies: true, Holds: false })?.Policy;

    public Policy? AllowedBy => Rules.FirstOrDefault(static rule => rule is { Policy.Effect: PolicyEffect.Allow, Applies: true, Holds: true })?.Policy;

    public bool IsAllowed => AllowedBy is not null && ForbiddenBy is null;

    /// <param name="policies">Those of the table.</param>
    public static Verdict Of(IEnumerable<Policy> policies, Demand demand, CallerFacts caller) => new(
        demand,
        caller,
        [.. policies.Where(policy => policy.Operations.HasFlag(demand.Verb)).Select(policy => RuleTrace.Of(policy, demand, caller))]);

    /// <summary>Writes what there is room for, rules that apply first.</summary>
    public void Write(Utf8JsonWriter json, Room room)
    {
        json.WriteStartObject();
        json.WriteString("verb"u8, PolicyWriter.WordsOf(Demand.Verb).First());
        json.WriteString("row"u8, Demand.Side is PolicySide.Check ? "new" : "old");
        json.WriteBoolean("allowed"u8, IsAllowed);
        json.WriteStartArray("rules"u8);
        foreach (RuleTrace rule in Rules.OrderByDescending(static rule => rule.Applies))
        {
            if (room.IsLeft)
            {
                rule.Write(json, this, room);
            }
        }

        json.WriteEndArray();
        if (!room.IsLeft)
        {
            json.WriteBoolean("cut"u8, true);
        }

        json.WriteEndObject();
    }
}
