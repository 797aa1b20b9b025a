using Coffer.Cli.Input;
using Coffer.Client;

namespace Coffer.Cli.Output;

/// <summary>A bucket for people, one line a field.</summary>
internal static class BucketLines
{
    public static IEnumerable<(string Name, string? Value)> Of(Bucket bucket) =>
    [
        ("Name", bucket.Id),
        .. HasTitle(bucket) ? [("Title", bucket.Name)] : Array.Empty<(string, string?)>(),
        ("Access", Access(bucket)),
        ("Size limit", Limit(bucket)),
        ("Types", Types(bucket)),
        ("Created", Shapes.Moment(bucket.CreatedAt)),
    ];

    /// <summary>By what calls name it, and how it is shown where that differs.</summary>
    public static string Names(Bucket bucket) => HasTitle(bucket) ? $"{bucket.Id} ({bucket.Name})" : bucket.Id;

    public static string Access(Bucket bucket) => bucket.IsPublic ? "public" : "private";

    public static string Limit(Bucket bucket) => bucket.FileSizeLimitBytes is { } bytes ? Sizes.Show(bytes) : "-";

    public static string Types(Bucket bucket) => bucket.AllowedMimeTypes is { Count: > 0 } types ? string.Join(", ", types) : "any";

    private static bool HasTitle(Bucket bucket) => bucket.Name != bucket.Id;
}
