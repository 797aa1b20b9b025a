using Coffer.Cli.Input;
using Coffer.Client;

namespace Coffer.Cli.Output;

/// <summary>A bucket for people, one line a field.</summary>
internal static class BucketLines
{
    public static IEnumerable<(string Name, string? Value)> Of(Bucket bucket) =>
    [
        ("Name", bucket.Id),
        ("Access", Access(bucket)),
        ("Size limit", Limit(bucket)),
        ("Types", Types(bucket)),
        ("Created", Shapes.Moment(bucket.CreatedAt)),
    ];

    public static string Access(Bucket bucket) => bucket.IsPublic ? "public" : "private";

    public static string Limit(Bucket bucket) => bucket.FileSizeLimitBytes is { } bytes ? Sizes.Show(bytes) : "-";

    public static string Types(Bucket bucket) => bucket.AllowedMimeTypes is { Count: > 0 } types ? string.Join(", ", types) : "any";
}
