using Coffer.Access;
using Coffer.Buckets;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage;

/// <summary>GET /bucket: the buckets that the caller may see; without a limit all of them.</summary>
internal static class ListBuckets
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        IReadOnlyList<Bucket> found = await call.Dialect.Buckets.ListAsync(caller, QueryOf(call.Http.Request.Query), call.Aborted);
        bool withType = !IsOldPython(call.Http.Request.Headers);
        await StorageJson.WriteAsync(call, json =>
        {
            json.WriteStartArray();
            foreach (Bucket bucket in found)
            {
                BucketJson.Write(json, bucket, withType);
            }

            json.WriteEndArray();
        });
    }

    private static BucketQuery QueryOf(IQueryCollection query) => new()
    {
        NameContains = query["search"] is [{ Length: > 0 } search] ? search : null,
        Sort = Text(query, "sortColumn") switch
        {
            null or "created_at" => BucketSort.CreatedAt,
            "id" => BucketSort.Name,
            "name" => BucketSort.ShownName,
            "updated_at" => BucketSort.UpdatedAt,
            _ => throw NotAllowed("sortColumn"),
        },
        Descending = Text(query, "sortOrder") switch
        {
            null or "asc" => false,
            "desc" => true,
            _ => throw NotAllowed("sortOrder"),
        },
        Offset = Number(query, "offset", 0) ?? 0,
        Limit = Number(query, "limit", 1),
    };

    private static string? Text(IQueryCollection query, string name) => query[name] is [{ Length: > 0 } text] ? text : null;

    private static int? Number(IQueryCollection query, string name, int min)
    {
        if (Text(query, name) is not { } text)
        {
            return null;
        }

        long number = StorageBody.Whole(text) ?? throw StorageErrors.Validation($"querystring/{name} must be integer");
        return number >= min ? (int)Math.Min(number, int.MaxValue) : throw StorageErrors.Validation($"querystring/{name} must be >= {min}");
    }

    private static StorageRefusal NotAllowed(string name) =>
        StorageErrors.Validation($"querystring/{name} must be equal to one of the allowed values");

    /// <summary>Python clients before 0.12.1 raise on a member that they do not know.</summary>
    private static bool IsOldPython(IHeaderDictionary headers) =>
        IsBefore(headers.UserAgent, "supabase-py/storage3 v", new Version(0, 12, 1))
        || IsBefore(headers["X-Client-Info"], "supabase-py/", new Version(2, 18, 0));

    private static bool IsBefore(string? client, string name, Version version) =>
        client is not null && client.StartsWith(name, StringComparison.Ordinal) && Version.TryParse(client.AsSpan(name.Length), out Version? its) && its < version;
}
