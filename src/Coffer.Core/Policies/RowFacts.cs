using System.Text.Json;

namespace Coffer.Policies;

/// <summary>What rules may know of a row. Functions of keys are those of Supabase Storage.</summary>
internal sealed class RowFacts(PolicyRow row)
{
    private JsonElement? _metadata;

    public PolicyRow Row => row;

    public FactValue Value(Fact fact) => fact.Kind switch
    {
        FactKind.Name => FactValue.Of(row.IsBucket ? row.Bucket : row.Key),
        FactKind.BucketId => FactValue.Of(row.Bucket),
        FactKind.OwnerId => FactValue.Of(row.Owner),
        FactKind.Folder => FactValue.Of(row.Key is null ? null : Folder(row.Key, fact.Index)),
        FactKind.FolderName => FactValue.Of(row.Key is null ? null : FolderName(row.Key)),
        FactKind.FileName => FactValue.Of(row.Key is null ? null : FileName(row.Key)),
        FactKind.Extension => FactValue.Of(row.Key is null ? null : Extension(row.Key)),
        FactKind.MimeType => FactValue.Of(row.MediaType),
        FactKind.Size => FactValue.Of(row.SizeBytes),
        FactKind.UserMetadata => Metadata() is { } metadata ? FactValue.Of(FactValue.Find(metadata, fact.Path)) : FactValue.Missing,
        _ => FactValue.Missing,
    };

    /// <summary>The n-th folder of a key, from 1; null when it has fewer.</summary>
    public static string? Folder(string key, int index)
    {
        int start = 0;
        for (int slash = key.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = key.IndexOf('/', start))
        {
            if (--index == 0)
            {
                return key[start..slash];
            }

            start = slash + 1;
        }

        return null;
    }

    /// <summary>All folders of a key, without the last slash; empty when it is in none.</summary>
    public static string FolderName(string key) => key.LastIndexOf('/') is > 0 and var slash ? key[..slash] : "";

    public static string FileName(string key) => key[(key.LastIndexOf('/') + 1)..];

    /// <summary>What follows the last dot of the file name; the whole name when there is none.</summary>
    public static string Extension(string key)
    {
        string name = FileName(key);
        return name[(name.LastIndexOf('.') + 1)..];
    }

    private JsonElement? Metadata()
    {
        if (_metadata is null && row.Metadata is { } stored)
        {
            using JsonDocument parsed = JsonDocument.Parse(stored.Json);
            _metadata = parsed.RootElement.Clone();
        }

        return _metadata;
    }
}
