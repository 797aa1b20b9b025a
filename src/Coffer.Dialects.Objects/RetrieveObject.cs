using Coffer.Access;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>GET /v1/objects/{id}: an object's view; DELETED ones too, for 30 days.</summary>
internal static class RetrieveObject
{
    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        Caller caller = await dialect.CallerAsync(http);
        StoredObject found = await dialect.Store.GetAsync(caller, ObjectsDialect.IdOf(http), http.RequestAborted);
        await ObjectsJson.WriteViewAsync(http, dialect, found);
    }
}
