namespace Coffer.Policies;

/// <summary>Policies that most buckets begin with, by name.</summary>
public static class Presets
{
    private const PolicyVerbs All = PolicyVerbs.Select | PolicyVerbs.Insert | PolicyVerbs.Update | PolicyVerbs.Delete;

    private static readonly string[] Names = ["public-read", "authenticated-upload", "own-folder", "owner-only", "open"];

    /// <exception cref="StoreException">InvalidArgument: no such preset.</exception>
    public static IReadOnlyList<Policy> Expand(string preset, string bucket) => preset switch
    {
        // Anybody with any key of the account reads and lists.
        "public-read" => [Make(preset, bucket, PolicyVerbs.Select)],

        // Signed-in users add, and neither read nor change what is there.
        "authenticated-upload" => [Make(preset, bucket, PolicyVerbs.Insert) with { Roles = ["authenticated"] }],

        // Signed-in users do everything below a folder named as they are.
        "own-folder" =>
        [
            Make(preset, bucket, All) with
            {
                Roles = ["authenticated"],
                When = new Term(new Fact(FactKind.Folder, Index: 1), TermOperator.Eq, [Operand.Uid]),
            },
        ],

        // Signed-in users do everything with what they made themselves.
        "owner-only" =>
        [
            Make(preset, bucket, All) with
            {
                Roles = ["authenticated"],
                When = new Term(new Fact(FactKind.OwnerId), TermOperator.Eq, [Operand.Uid]),
            },
        ],

        // Anybody with any key of the account does everything, with the bucket itself too. For tests.
        "open" => [Make(preset, bucket, All), Make("open-bucket", bucket, All) with { Table = PolicyTable.Buckets }],
        _ => throw PolicyReader.Wrong($"is '{preset}'; presets are {string.Join(", ", Names)}"),
    };

    private static Policy Make(string preset, string bucket, PolicyVerbs operations) => new()
    {
        Name = $"{preset}: {bucket}",
        Table = PolicyTable.Objects,
        Operations = operations,
        Buckets = bucket == "*" ? null : [bucket],
    };
}
