namespace Coffer.Client;

/// <summary>What a new key is to be. What is left null, the server chooses.</summary>
public sealed record KeyCreateRequest
{
    /// <summary>The account that the key acts for.</summary>
    public string? Account { get; init; }

    /// <summary>What the key may do.</summary>
    public KeyRight? Right { get; init; }

    /// <summary>What the key is for, for people.</summary>
    public string? Label { get; init; }

    /// <summary>The person or program that the key stands for.</summary>
    public string? Subject { get; init; }
}
