using Coffer.Access;

namespace Coffer.Policies;

/// <summary>What rules may know of who asks.</summary>
internal sealed class CallerFacts(Caller caller)
{
    private const string OperationPrefix = "storage.";

    public string Role => caller.Role;

    public FactValue Value(Fact fact) => fact.Kind switch
    {
        FactKind.Role => FactValue.Of(caller.Role),
        FactKind.Uid => FactValue.Of(caller.Subject),
        FactKind.KeyId => FactValue.Of(caller.Key?.ToString()),
        FactKind.Operation => FactValue.Of(caller.Operation.Length == 0 ? null : Bare(caller.Operation)),
        FactKind.Jwt => caller.Claims is { } claims ? FactValue.Of(FactValue.Find(claims, fact.Path)) : FactValue.Missing,
        FactKind.Header => FactValue.Of(caller.Header?.Invoke(fact.Path)),
        _ => FactValue.Missing,
    };

    /// <summary>An operation's name without the prefix that may be left out.</summary>
    public static string Bare(string operation) =>
        operation.StartsWith(OperationPrefix, StringComparison.Ordinal) ? operation[OperationPrefix.Length..] : operation;
}
