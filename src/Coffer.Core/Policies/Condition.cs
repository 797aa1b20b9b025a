namespace Coffer.Policies;

/// <summary>
/// What a policy asks. Three answers, as in SQL: true, false, and null where something that is looked at is missing. Only
/// true allows; <c>not</c> makes nothing of null.
/// </summary>
public abstract record Condition
{
    private protected Condition()
    {
    }

    internal abstract bool? Holds(CallerFacts caller, RowFacts row);

    /// <summary>The same condition with everything answered that depends on the caller alone.</summary>
    internal abstract Condition Settle(CallerFacts caller);

    /// <summary>Beginnings of the keys outside which it cannot hold. Only right for a settled condition.</summary>
    internal abstract KeyPrefixes Prefixes { get; }

    /// <summary>Every term in it, from left to right.</summary>
    internal abstract IEnumerable<Term> Terms { get; }
}

internal sealed record AllOf(IReadOnlyList<Condition> Parts) : Condition
{
    internal override KeyPrefixes Prefixes => Parts.Aggregate(KeyPrefixes.Any, static (all, part) => all.Intersect(part.Prefixes));

    internal override IEnumerable<Term> Terms => Parts.SelectMany(static part => part.Terms);

    internal override bool? Holds(CallerFacts caller, RowFacts row)
    {
        bool? all = true;
        foreach (Condition part in Parts)
        {
            bool? holds = part.Holds(caller, row);
            if (holds is false)
            {
                return false;
            }

            all &= holds;
        }

        return all;
    }

    internal override Condition Settle(CallerFacts caller)
    {
        Condition[] open = [.. Parts.Select(part => part.Settle(caller)).Where(static part => part is not Settled { Answer: true })];
        return open.FirstOrDefault(static part => part is Settled { Answer: false }) ?? open switch
        {
            [] => Settled.Always,
            [{ } only] => only,
            _ => new AllOf(open),
        };
    }
}

internal sealed record AnyOf(IReadOnlyList<Condition> Parts) : Condition
{
    internal override KeyPrefixes Prefixes => Parts.Aggregate(KeyPrefixes.None, static (any, part) => any.Union(part.Prefixes));

    internal override IEnumerable<Term> Terms => Parts.SelectMany(static part => part.Terms);

    internal override bool? Holds(CallerFacts caller, RowFacts row)
    {
        bool? any = false;
        foreach (Condition part in Parts)
        {
            bool? holds = part.Holds(caller, row);
            if (holds is true)
            {
                return true;
            }

            any |= holds;
        }

        return any;
    }

    internal override Condition Settle(CallerFacts caller)
    {
        Condition[] open = [.. Parts.Select(part => part.Settle(caller)).Where(static part => part is not Settled { Answer: false })];
        return open.FirstOrDefault(static part => part is Settled { Answer: true }) ?? open switch
        {
            [] => Settled.Never,
            [{ } only] => only,
            _ => new AnyOf(open),
        };
    }
}

internal sealed record Not(Condition Part) : Condition
{
    internal override KeyPrefixes Prefixes => KeyPrefixes.Any;

    internal override IEnumerable<Term> Terms => Part.Terms;

    internal override bool? Holds(CallerFacts caller, RowFacts row) => !Part.Holds(caller, row);

    internal override Condition Settle(CallerFacts caller) =>
        Part.Settle(caller) is var part && part is Settled { Answer: var answer } ? new Settled(!answer) : new Not(part);
}

/// <summary>A condition whose answer is known, whatever the row.</summary>
internal sealed record Settled(bool? Answer) : Condition
{
    public static readonly Settled Always = new(true);
    public static readonly Settled Never = new(false);

    internal override KeyPrefixes Prefixes => Answer is true ? KeyPrefixes.Any : KeyPrefixes.None;

    internal override IEnumerable<Term> Terms => [];

    internal override bool? Holds(CallerFacts caller, RowFacts row) => Answer;

    internal override Condition Settle(CallerFacts caller) => this;
}
