using Coffer.Access;

namespace Coffer.Policies;

/// <summary>Who wants to do what with which row.</summary>
public sealed record Question
{
    public required Caller Caller { get; init; }

    public required PolicyTable Table { get; init; }

    public required PolicyVerbs Verbs { get; init; }

    /// <summary>The row as it is; for an insert alone, as it would be.</summary>
    public required PolicyRow Row { get; init; }

    /// <summary>The row as it would be; null when it is <see cref="Row"/>.</summary>
    public PolicyRow? Changed { get; init; }
}
