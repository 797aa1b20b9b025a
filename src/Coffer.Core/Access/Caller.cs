namespace Coffer.Access;

/// <summary>Who asks, after authentication. Resolved once per request; the core decides by it.</summary>
public sealed record Caller
{
    public static readonly Caller Nobody = new();

    /// <summary>The operator belongs to no account.</summary>
    public static readonly Caller Operator = new() { Right = Access.Right.Operator };

    public AccountId? Account { get; init; }

    public Right? Right { get; init; }

    public Guid? Key { get; init; }

    public string? Subject { get; init; }

    /// <summary>Whether it may do everything in this account.</summary>
    public bool Serves(AccountId account) => Right == Access.Right.Service && Account == account;

    /// <summary>A caller with the service right, for work inside the process.</summary>
    public static Caller Service(AccountId account) => new() { Account = account, Right = Access.Right.Service };
}
