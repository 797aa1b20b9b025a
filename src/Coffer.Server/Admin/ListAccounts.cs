using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>GET /admin/v1/accounts: all accounts by name.</summary>
internal static class ListAccounts
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        IReadOnlyList<Account> accounts = await admin.Accounts.ListAsync(caller, http.RequestAborted);
        await JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("accounts"u8);
            foreach (Account account in accounts)
            {
                AdminJson.WriteAccount(json, account);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
