using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>GET /admin/v1/keys: keys by creation time, revoked ones too; never a token.</summary>
internal static class ListKeys
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        string? account = http.Request.Query["account"];
        IReadOnlyList<AccessKey> keys = await admin.Keys.ListAsync(caller, string.IsNullOrEmpty(account) ? null : account, http.RequestAborted);
        Func<AccountId, string> names = await admin.AccountNamesAsync(caller, http.RequestAborted);
        await JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("keys"u8);
            foreach (AccessKey key in keys)
            {
                AdminJson.WriteKey(json, key, names, caller);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
