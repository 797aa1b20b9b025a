using Coffer.Catalog;

namespace Coffer.Policies;

/// <summary>One question to a set of policies: may this verb be done, judged by one row.</summary>
internal readonly record struct Demand(PolicyVerbs Verb, PolicySide Side, RowFacts Row)
{
    /// <summary>What has to be allowed so that several verbs are.</summary>
    public static List<Demand> Of(PolicyVerbs verbs, RowFacts row, RowFacts changed)
    {
        var demands = new List<Demand>(4);
        if (verbs.HasFlag(PolicyVerbs.Select))
        {
            demands.Add(new Demand(PolicyVerbs.Select, PolicySide.When, row));
        }

        if (verbs.HasFlag(PolicyVerbs.Insert))
        {
            demands.Add(new Demand(PolicyVerbs.Insert, PolicySide.Check, changed));
        }

        if (verbs.HasFlag(PolicyVerbs.Update))
        {
            demands.Add(new Demand(PolicyVerbs.Update, PolicySide.When, row));
            demands.Add(new Demand(PolicyVerbs.Update, PolicySide.Check, changed));
        }

        if (verbs.HasFlag(PolicyVerbs.Delete))
        {
            demands.Add(new Demand(PolicyVerbs.Delete, PolicySide.When, row));
        }

        return demands;
    }
}

/// <summary>The policies of one account, as they were at one moment.</summary>
internal sealed class PolicySet(IReadOnlyList<Policy> policies)
{
    public static readonly PolicySet Empty = new([]);

    public IReadOnlyList<Policy> Policies => policies;

    /// <summary>Whether one policy allows it and none that restricts forbids it.</summary>
    public bool Allows(PolicyTable table, Demand demand, CallerFacts caller)
    {
        bool allowed = false;
        foreach (Policy policy in policies)
        {
            if (policy.Table != table || !policy.Operations.HasFlag(demand.Verb) || !policy.Concerns(caller.Role, demand.Row.Row.Bucket))
            {
                continue;
            }

            if (policy.Effect is PolicyEffect.Allow && allowed)
            {
                continue;
            }

            bool holds = policy.ConditionOf(demand.Side) is not { } condition || condition.Holds(caller, demand.Row) is true;
            if (policy.Effect is PolicyEffect.Allow)
            {
                allowed = holds;
            }
            else if (!holds)
            {
                return false;
            }
        }

        return allowed;
    }

    /// <summary>What a caller may select of a bucket; null for everything.</summary>
    public RowFilter? SelectFilter(CallerFacts caller, string bucket)
    {
        var allowing = new List<Condition>();
        var restricting = new List<Condition>();
        foreach (Policy policy in policies)
        {
            if (policy.Table is PolicyTable.Objects && policy.Operations.HasFlag(PolicyVerbs.Select) && policy.Concerns(caller.Role, bucket))
            {
                (policy.Effect is PolicyEffect.Allow ? allowing : restricting).Add(policy.When ?? Settled.Always);
            }
        }

        Condition condition = new AllOf([new AnyOf(allowing), .. restricting]).Settle(caller);
        KeyPrefixes prefixes = condition.Prefixes;
        return condition switch
        {
            Settled { Answer: true } => null,
            _ when prefixes.List.Count == 0 => RowFilter.Nothing,
            _ => new RowFilter
            {
                Prefixes = prefixes.IsAny ? null : prefixes.List,
                Shows = found => condition.Holds(caller, new RowFacts(PolicyRow.Of(bucket, found))) is true,
            },
        };
    }
}
