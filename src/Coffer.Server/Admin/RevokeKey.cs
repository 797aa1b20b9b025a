using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>DELETE /admin/v1/keys/{id}: from the answer on the key opens nothing.</summary>
internal static class RevokeKey
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        if (!Guid.TryParse(http.Request.RouteValues["id"] as string, out Guid id))
        {
            throw new StoreException(StoreErrorCode.KeyNotFound, "there is no such key");
        }

        AccessKey revoked = await admin.Keys.RevokeAsync(caller, id, http.RequestAborted);
        Func<AccountId, string> names = await admin.AccountNamesAsync(caller, http.RequestAborted);
        await JsonResponse.WriteAsync(http, json => AdminJson.WriteKey(json, revoked, names, caller));
    }
}
