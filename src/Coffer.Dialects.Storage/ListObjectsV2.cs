using Coffer.Access;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>POST /object/list-v2/{bucket}: keys page by page, as programs read them.</summary>
internal static class ListObjectsV2
{
    private const int MaxLimit = 1000;

    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        using StorageBody body = await StorageBody.ReadAsync(call);
        ListCursor? cursor = body.Text("cursor") is { Length: > 0 } text ? ListCursor.Parse(text) : null;
        using StorageBody? sortBy = body.Nested("sortBy");
        var request = new PageRequest(call.Bucket)
        {
            Prefix = body.Text("prefix") ?? "",
            WithFolders = body.Flag("with_delimiter") ?? false,
            Limit = (int)Math.Min(body.Integer("limit", min: 1) ?? MaxLimit, MaxLimit),

            // A page goes on in the order that the first one had, whatever is asked for now.
            Sort = cursor?.Sort ?? Column(sortBy),
            Descending = cursor?.Descending ?? sortBy?.Word("order", "asc", "desc") is "desc",
            After = cursor?.After,
        };

        SortedKeyPage page = await call.Dialect.Objects.ListAsync(caller, request, call.Aborted);

        await WriteAsync(call, request, page);
    }

    private static KeySort Column(StorageBody? sortBy) => sortBy?.Word("column", "name", "updated_at", "created_at") switch
    {
        "updated_at" => KeySort.UpdatedAt,
        "created_at" => KeySort.CreatedAt,
        _ => KeySort.Name,
    };

    private static Task WriteAsync(StorageCall call, PageRequest request, SortedKeyPage page) => StorageJson.WriteAsync(call, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("hasNext"u8, page.HasMore);
        if (page is { HasMore: true, Entries: [.., var last] })
        {
            json.WriteString("nextCursor"u8, new ListCursor(request.Sort, request.Descending, new KeyCursor(last.Name, last.TimeMs)).ToString());
            json.WriteString("nextCursorKey"u8, last.Name);
        }

        json.WriteStartArray("folders"u8);
        foreach ((string name, long? timeMs, ListedObject? shown) in page.Entries)
        {
            if (shown is null)
            {
                ObjectJson.WriteFolder(json, name, timeMs, LastPart(name));
            }
        }

        json.WriteEndArray();
        json.WriteStartArray("objects"u8);
        foreach ((string name, _, ListedObject? shown) in page.Entries)
        {
            if (shown is not null)
            {
                ObjectJson.WriteEntry(json, shown, name, request.WithFolders ? LastPart(name) : null);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>The last segment of a key, or of a folder's prefix without its slash.</summary>
    private static string LastPart(string name)
    {
        string path = name.EndsWith('/') ? name[..^1] : name;
        return path[(path.LastIndexOf('/') + 1)..];
    }
}
