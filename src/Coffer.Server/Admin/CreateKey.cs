using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>POST /admin/v1/keys: makes a key. Its token is in this answer and nowhere else.</summary>
internal static class CreateKey
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        (AccessKey key, string token) = await admin.Keys.CreateAsync(
            caller, body.Text("account"), RightOf(body.Text("right")), body.Text("label"), body.Text("subject"), http.RequestAborted);
        Func<AccountId, string> names = await admin.AccountNamesAsync(caller, http.RequestAborted);
        string webToken = await admin.Keys.WebTokenAsync(key, http.RequestAborted);
        await JsonResponse.WriteAsync(http, json => AdminJson.WriteKey(json, key, names, caller, new KeyTokens(token, webToken)));
    }

    private static Right RightOf(string? word) => word switch
    {
        null or "service" => Right.Service,
        "authenticated" => Right.Authenticated,
        "anon" => Right.Anon,
        _ => throw new StoreException(StoreErrorCode.InvalidArgument, "right is one of service, authenticated, anon"),
    };
}
