using System.Text.Json;

namespace Coffer.Access;

/// <summary>Who asks, after authentication, and by which operation. Resolved once per request; the core decides by it.</summary>
public sealed record Caller
{
    public static readonly Caller Nobody = new();

    /// <summary>The operator belongs to no account.</summary>
    public static readonly Caller Operator = new() { Right = Access.Right.Operator };

    public AccountId? Account { get; init; }

    /// <summary>Null for nobody. The role of a token that no right belongs to is <see cref="Access.Right.Anon"/> under its own name.</summary>
    public Right? Right { get; init; }

    public Guid? Key { get; init; }

    public string? Subject { get; init; }

    /// <summary>The role that a token names; null for keys, whose right is their role.</summary>
    public string? TokenRole { get; init; }

    /// <summary>The role that policies see.</summary>
    public string Role => TokenRole ?? Right switch
    {
        Access.Right.Service => "service_role",
        Access.Right.Authenticated => "authenticated",
        _ => "anon",
    };

    /// <summary>The payload of its JSON Web Token, a JSON object; null for keys.</summary>
    public JsonElement? Claims { get; init; }

    /// <summary>Name of the operation it asks for, such as <c>object.upload</c>; policies may test it, the log shows it.</summary>
    public string Operation { get; init; } = "";

    /// <summary>The headers of its request by name, any letter case; null outside a request.</summary>
    public Func<string, string?>? Header { get; init; }

    /// <summary>Whether it may do everything in this account.</summary>
    public bool Serves(AccountId account) => Right == Access.Right.Service && Account == account;

    /// <summary>A caller with the service right, for work inside the process.</summary>
    public static Caller Service(AccountId account) => new() { Account = account, Right = Access.Right.Service };
}
