using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>POST /admin/v1/accounts: makes an account.</summary>
internal static class CreateAccount
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        Account made = await admin.Accounts.CreateAsync(caller, body.RequiredText("name"), body.Text("jwt_secret"), http.RequestAborted);
        await JsonResponse.WriteAsync(http, json => AdminJson.WriteAccount(json, made));
    }
}
