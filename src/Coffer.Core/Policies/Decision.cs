namespace Coffer.Policies;

/// <summary>What a caller wants to do with a row; several together must all be allowed.</summary>
[Flags]
public enum PolicyVerbs
{
    None = 0,
    Select = 1,
    Insert = 2,
    Update = 4,
    Delete = 8,
}

/// <summary>Whether policies allow something.</summary>
/// <param name="DecisionId">Names a refusal, so that it can be explained later; null when allowed.</param>
public readonly record struct Decision(bool IsAllowed, string? DecisionId)
{
    public static readonly Decision Allowed = new(IsAllowed: true, DecisionId: null);

    /// <summary>The refusal that this decision explains.</summary>
    public StoreException Refusal(string message) => new(StoreErrorCode.AccessDenied, message) { DecisionId = DecisionId };
}
