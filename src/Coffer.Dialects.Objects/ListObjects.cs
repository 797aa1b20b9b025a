using Coffer.Access;
using Coffer.Catalog;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>GET /v1/objects: the account's own objects, newest first.</summary>
internal static class ListObjects
{
    public static async Task Handle(HttpContext http, ObjectsDialect dialect)
    {
        Caller caller = await dialect.CallerAsync(http);
        ObjectQuery query = ListQuery.Parse(http.Request.Query);

        ObjectPage page = await dialect.Store.ListAsync(caller, query, http.RequestAborted);

        await ObjectsJson.WritePageAsync(http, dialect, page);
    }
}
