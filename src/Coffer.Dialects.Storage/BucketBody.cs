using Coffer.Buckets;

namespace Coffer.Dialects.Storage;

/// <summary>The members that a new bucket and a change of one have in common.</summary>
internal static class BucketBody
{
    /// <summary>Null for null, the empty text, and when absent.</summary>
    public static long? SizeLimit(StorageBody body) =>
        body.Text("file_size_limit") is { Length: > 0 } text ? FileSizeLimit.Parse(text) : null;

    /// <summary>Null for null, the empty list, and when absent; empty texts in the list count for nothing.</summary>
    public static IReadOnlyList<string>? MediaTypes(StorageBody body)
    {
        string[]? given = body.Texts("allowed_mime_types")?.Where(type => type.Length > 0).ToArray();
        return given is { Length: > 0 } ? given : null;
    }

    /// <exception cref="StorageRefusal">FeatureNotEnabled for kinds of buckets that are not there.</exception>
    public static void RequireStandard(StorageBody body)
    {
        if (body.Word("type", "STANDARD", "ANALYTICS") is "ANALYTICS")
        {
            throw new StorageRefusal(StorageErrors.FeatureNotEnabled, "Analytics buckets are not there");
        }
    }
}
