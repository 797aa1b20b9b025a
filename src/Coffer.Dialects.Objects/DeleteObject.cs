using Coffer.Access;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>POST /v1/objects/{id}/delete, DELETE /v1/objects/{id}: final; every link ends with the answer.</summary>
internal static class DeleteObject
{
    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        Caller caller = await dialect.CallerAsync(http);
        StoredObject tombstone = await dialect.Store.DeleteAsync(caller, ObjectsDialect.IdOf(http), http.RequestAborted);
        await ObjectsJson.WriteViewAsync(http, dialect, tombstone);
    }
}
