using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>DELETE /admin/v1/keys/{id}, of one account with <c>?account=</c>: from the answer on the key opens nothing.</summary>
internal static class RevokeKey
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        if (!Guid.TryParse(http.Request.RouteValues["id"] as string, out Guid id))
        {
            throw new StoreException(StoreErrorCode.KeyNotFound, "there is no such key");
        }

        string? account = http.Request.Query["account"];
        AccessKey revoked = await admin.Keys.RevokeAsync(caller, string.IsNullOrEmpty(account) ? null : account, id, http.RequestAborted);
        Func<AccountId, string> names = await admin.AccountNamesAsync(caller, http.RequestAborted);
        await JsonResponse.WriteAsync(http, json => AdminJson.WriteKey(json, revoked, names, caller));
    }
}
