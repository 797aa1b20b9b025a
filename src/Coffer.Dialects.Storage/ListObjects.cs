using Coffer.Access;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>POST /object/list/{bucket}: what is directly in a folder, letter case ignored, as people browse.</summary>
internal static class ListObjects
{
    private const int MaxLimit = 1500;

    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        using StorageBody body = await StorageBody.ReadAsync(call);
        using StorageBody? sortBy = body.Nested("sortBy");
        var request = new FolderRequest(call.Bucket)
        {
            Folder = body.RequiredText("prefix"),
            Search = body.Text("search") ?? "",
            Limit = (int)Math.Min(body.Integer("limit", min: 1) ?? 100, MaxLimit),
            Offset = (int)Math.Min(body.Integer("offset", min: 0) ?? 0, int.MaxValue),
            Sort = sortBy is null ? KeySort.Name : Column(sortBy),
            Descending = sortBy?.Word("order", "asc", "desc") is "desc",
        };

        IReadOnlyList<FolderEntry> found = await call.Dialect.Objects.ListFolderAsync(caller, request, call.Aborted);

        await StorageJson.WriteAsync(call, json =>
        {
            json.WriteStartArray();
            foreach ((string name, ListedObject? shown) in found)
            {
                if (shown is not null)
                {
                    ObjectJson.WriteEntry(json, shown, name);
                }
                else
                {
                    ObjectJson.WriteFolder(json, name);
                }
            }

            json.WriteEndArray();
        });
    }

    private static KeySort Column(StorageBody sortBy) =>
        sortBy.Word("column", "name", "updated_at", "created_at", "last_accessed_at") switch
        {
            null => throw sortBy.Missing("column"),
            "updated_at" => KeySort.UpdatedAt,
            "created_at" => KeySort.CreatedAt,
            "last_accessed_at" => KeySort.LastReadAt,
            _ => KeySort.Name,
        };
}
