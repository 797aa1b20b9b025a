using Coffer.Access;
using Coffer.Catalog;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>GET /v1/objects/list_public, /v1/objects/public: READ_ONLY objects that any account made public, newest first.</summary>
internal static class ListPublicObjects
{
    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        Caller caller = await dialect.CallerAsync(http);
        ObjectQuery query = ListQuery.Parse(http.Request.Query);

        ObjectPage page = await dialect.Store.ListPublicAsync(caller, query, http.RequestAborted);

        await ObjectsJson.WritePageAsync(http, dialect, page);
    }
}
