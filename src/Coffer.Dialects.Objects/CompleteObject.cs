using Coffer.Access;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>POST /v1/objects/{id}/complete: seals what was uploaded. The body says nothing and may be absent.</summary>
internal static class CompleteObject
{
    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        Caller caller = await dialect.CallerAsync(http);
        StoredObject sealedObject = await dialect.Store.CompleteAsync(caller, ObjectsDialect.IdOf(http), http.RequestAborted);
        await ObjectsJson.WriteViewAsync(http, dialect, sealedObject);
    }
}
