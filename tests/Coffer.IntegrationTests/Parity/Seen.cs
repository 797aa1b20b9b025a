namespace Coffer.IntegrationTests.Parity;

/// <summary>What an answer shows of an object; null for what it does not show. Words as they were on the wire.</summary>
internal sealed record Seen
{
    public string? Text { get; init; }

    public string? ETag { get; init; }

    public string? Size { get; init; }

    public string? Type { get; init; }

    /// <summary>Of the headers, to the second.</summary>
    public string? LastModified { get; init; }

    /// <summary>Of the bodies, to the millisecond.</summary>
    public string? UpdatedAt { get; init; }

    /// <summary>When the key was first written.</summary>
    public string? KeyCreatedAt { get; init; }

    /// <summary>When this content was written.</summary>
    public string? VersionCreatedAt { get; init; }

    public string? Metadata { get; init; }

    private IEnumerable<(string Name, string? Value)> Members =>
    [
        (nameof(Text), Text), (nameof(ETag), ETag), (nameof(Size), Size), (nameof(Type), Type), (nameof(LastModified), LastModified),
        (nameof(UpdatedAt), UpdatedAt), (nameof(KeyCreatedAt), KeyCreatedAt), (nameof(VersionCreatedAt), VersionCreatedAt), (nameof(Metadata), Metadata),
    ];

    /// <summary>Fails where both say something, and not the same.</summary>
    public void AssertAgrees(Seen other, string where)
    {
        foreach (((string name, string? mine), (_, string? theirs)) in Members.Zip(other.Members))
        {
            Assert.True(mine is null || theirs is null || mine == theirs, $"{where}: {name} is '{mine}' and '{theirs}'");
        }
    }

    /// <summary>What either of the two says.</summary>
    public Seen Or(Seen other) => new()
    {
        Text = Text ?? other.Text,
        ETag = ETag ?? other.ETag,
        Size = Size ?? other.Size,
        Type = Type ?? other.Type,
        LastModified = LastModified ?? other.LastModified,
        UpdatedAt = UpdatedAt ?? other.UpdatedAt,
        KeyCreatedAt = KeyCreatedAt ?? other.KeyCreatedAt,
        VersionCreatedAt = VersionCreatedAt ?? other.VersionCreatedAt,
        Metadata = Metadata ?? other.Metadata,
    };
}
