using Coffer.Access;

namespace Coffer.Policies;

/// <summary>Makes the rules that let one call through and nothing beside it: this caller, this operation, this key.</summary>
internal static class SmallestRules
{
    public static IReadOnlyList<Policy> For(Question question, IReadOnlyList<Verdict> verdicts, string name)
    {
        var rules = new List<Policy>();
        Verdict[] unallowed = [.. verdicts.Where(static verdict => verdict.AllowedBy is null)];
        if (unallowed.Length > 0)
        {
            rules.Add(Allowing(question, unallowed, name));
        }

        rules.AddRange(verdicts
            .SelectMany(static verdict => verdict.Rules.Where(static rule => rule is { Policy.Effect: PolicyEffect.Restrict, Applies: true, Holds: false }))
            .Select(static rule => rule.Policy)
            .Distinct()
            .Select(restricting => Excepting(question, restricting)));
        return rules;
    }

    private static Policy Allowing(Question question, Verdict[] unallowed, string name)
    {
        PolicyRow row = question.Row;
        PolicyRow changed = question.Changed ?? row;
        bool isOtherBucket = changed.Bucket != row.Bucket;
        bool isOfRow = unallowed.Any(static verdict => verdict.Demand.Verb is not PolicyVerbs.Insert);
        bool asksBoth = isOfRow && unallowed.Any(static verdict => verdict.Demand.Side is PolicySide.Check) && (changed.Key != row.Key || isOtherBucket);
        return new Policy
        {
            Name = name,
            Table = question.Table,
            Operations = unallowed.Aggregate(PolicyVerbs.None, static (verbs, verdict) => verbs | verdict.Demand.Verb),
            Roles = [question.Caller.Role],
            Buckets = [.. unallowed.Select(static verdict => verdict.Demand.Row.Row.Bucket).Distinct()],
            When = Exactly(question.Caller, isOfRow ? row : changed, isOtherBucket),
            Check = asksBoth ? Exactly(question.Caller, changed, isOtherBucket) : null,
        };
    }

    /// <summary>The restricting policy, with one exception.</summary>
    private static Policy Excepting(Question question, Policy restricting) => restricting with
    {
        When = restricting.When is null ? null : new AnyOf([restricting.When, Exactly(question.Caller, question.Row, withBucket: true)]),
        Check = (restricting.Check ?? restricting.When) is { } check && (restricting.Check is not null || question.Changed is not null)
            ? new AnyOf([check, Exactly(question.Caller, question.Changed ?? question.Row, withBucket: true)])
            : null,
    };

    private static AllOf Exactly(Caller caller, PolicyRow row, bool withBucket)
    {
        var terms = new List<Condition>();
        if (withBucket)
        {
            terms.Add(Is(FactKind.BucketId, row.Bucket));
        }

        if (row.Key is not null)
        {
            terms.Add(Is(FactKind.Name, row.Key));
        }

        if (caller.Subject is { } subject)
        {
            terms.Add(Is(FactKind.Uid, subject));
        }
        else
        {
            terms.Add(new Term(new Fact(FactKind.Uid), TermOperator.Exists, [], Exists: false));
            if (caller.Key is { } key)
            {
                terms.Add(Is(FactKind.KeyId, key.ToString()));
            }
        }

        if (caller.Operation.Length > 0)
        {
            terms.Add(Is(FactKind.Operation, CallerFacts.Bare(caller.Operation)));
        }

        return new AllOf(terms);

        static Term Is(FactKind kind, string text) => new(new Fact(kind), TermOperator.Eq, [Operand.OfText(text)]);
    }
}
