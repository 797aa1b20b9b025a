using Coffer.Access;
using Coffer.Archives;
using Coffer.Archives.Index;
using Coffer.Http;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>GET /v1/objects/{id}/entries: what the archive that an object holds would leave when it is extracted.</summary>
internal static class ListEntries
{
    private const int DefaultLimit = 1000;
    private const int MaxLimit = 5000;

    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        IQueryCollection query = http.Request.Query;
        int limit = Limit(query["limit"]);
        string? after = query["starting_after"] is [{ Length: > 0 } text, ..] ? text : null;

        EntryPage page = await dialect.AsReaderAsync(
            http, caller => dialect.Archives.ListAsync(caller, ObjectsDialect.IdOf(http), limit, after, http.RequestAborted));

        await JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("entries"u8);
            foreach (IndexedEntry entry in page.Entries)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, entry.Path);
                json.WriteString("kind"u8, WordOf(entry.Kind));
                json.WriteNumber("size_bytes"u8, entry.SizeBytes);
                json.WriteString("mode"u8, Convert.ToString((int)entry.Mode, 8).PadLeft(4, '0'));
                long modifiedAtMs = Math.DivRem(entry.ModifiedAtNs, 1_000_000).Quotient;
                json.WriteTime("modified_at"u8, modifiedAtMs);
                json.WriteNumber("modified_time_ms"u8, modifiedAtMs);
                json.WriteString("target"u8, entry.Target);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteBoolean("has_more"u8, page.HasMore);
            json.WriteNumber("total_count"u8, page.TotalCount);
            json.WriteEndObject();
        });
    }

    private static int Limit(string? text) => string.IsNullOrEmpty(text) ? DefaultLimit
        : !WholeNumber.TryParse(text, out long limit) ? throw new StoreException(
            StoreErrorCode.InvalidArgument, $"limit is not a number; 1 to {MaxLimit} are allowed")
        : limit <= 0 ? DefaultLimit
        : (int)Math.Min(limit, MaxLimit);

    private static string WordOf(ArchiveEntryKind kind) => kind switch
    {
        ArchiveEntryKind.Directory => "directory",
        ArchiveEntryKind.SymbolicLink => "symlink",
        ArchiveEntryKind.HardLink => "hardlink",
        _ => "file",
    };
}
