using Coffer.Access;
using Coffer.Http;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>DELETE /admin/v1/policies?name=…, as often as wanted, or <c>?all=true</c>; of one account with <c>?account=</c>.</summary>
internal static class RemovePolicies
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        string[] names = [.. http.Request.Query["name"].OfType<string>()];
        bool isAll = http.Request.Query["all"] == "true";
        int removed = await admin.Policies.RemoveAsync(
            caller, AdminRoutesContext.AccountOf(http), isAll ? null : Named(names), http.RequestAborted);
        await JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("removed"u8, removed);
            json.WriteEndObject();
        });
    }

    private static string[] Named(string[] names) => names.Length > 0
        ? names
        : throw new StoreException(StoreErrorCode.InvalidArgument, "name the policies with ?name=, or all of them with ?all=true");
}
