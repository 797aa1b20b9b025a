using System.Text.Json;
using Coffer.Access;
using Coffer.Http;
using Coffer.Policies;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>GET /admin/v1/decisions/{id}: why policies refused a call, and the smallest rule that would allow it.</summary>
internal static class ExplainDecision
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        string id = http.Request.RouteValues["id"] as string ?? "";
        Catalog.DecisionEntry found = await admin.Decisions.FindAsync(caller, id, http.RequestAborted);
        Func<AccountId, string> names = await admin.AccountNamesAsync(caller, http.RequestAborted);
        using JsonDocument kept = JsonDocument.Parse(found.Json);
        await JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, DecisionId.TextOf(found.Id));
            json.WriteString("account"u8, names(found.Account));
            json.WriteNumber("decided_at_ms"u8, found.MadeAtMs);
            foreach (JsonProperty member in kept.RootElement.EnumerateObject())
            {
                member.WriteTo(json);
            }

            json.WriteEndObject();
        });
    }
}
