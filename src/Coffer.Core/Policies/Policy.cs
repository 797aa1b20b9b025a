namespace Coffer.Policies;

/// <summary>What a policy is about.</summary>
public enum PolicyTable
{
    Objects,
    Buckets,
}

public enum PolicyEffect
{
    /// <summary>One that matches is enough, unless another restricts.</summary>
    Allow,

    /// <summary>Has to match as well, wherever it applies.</summary>
    Restrict,
}

/// <summary>One rule of an account: which callers may do what with which rows.</summary>
public sealed record Policy
{
    public required string Name { get; init; }

    public required PolicyTable Table { get; init; }

    public PolicyEffect Effect { get; init; }

    public required PolicyVerbs Operations { get; init; }

    /// <summary>Roles that it is for; null for every role.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>Names of the buckets that it is for; null for every bucket of the account.</summary>
    public IReadOnlyList<string>? Buckets { get; init; }

    /// <summary>Asked of the row as it is; null holds always.</summary>
    public Condition? When { get; init; }

    /// <summary>Asked of a row as it would be, by insert and update; null asks <see cref="When"/>.</summary>
    public Condition? Check { get; init; }

    /// <summary>Whether it is about making buckets, and so names what is not there yet.</summary>
    internal bool AllowsMaking => Table is PolicyTable.Buckets && Operations.HasFlag(PolicyVerbs.Insert);

    internal bool Concerns(string role, string bucket) => IsFor(role) && IsAbout(bucket);

    internal bool IsFor(string role) => Roles is null || Roles.Contains(role, StringComparer.Ordinal);

    internal bool IsAbout(string bucket) => Buckets is null || Buckets.Contains(bucket, StringComparer.Ordinal);

    /// <summary>The condition that one side of a verb asks.</summary>
    internal Condition? ConditionOf(PolicySide side) => side is PolicySide.Check ? Check ?? When : When;
}

/// <summary>Which row a verb asks about.</summary>
internal enum PolicySide
{
    /// <summary>As it is.</summary>
    When,

    /// <summary>As it would be.</summary>
    Check,
}
