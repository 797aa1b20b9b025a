using Coffer.Access;
using Coffer.Http;
using Coffer.Policies;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>GET /admin/v1/policies, of one account with <c>?account=</c>: its policies in the order in which they were added.</summary>
internal static class ListPolicies
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        IReadOnlyList<KeptPolicy> policies = await admin.Policies.ListAsync(caller, AdminRoutesContext.AccountOf(http), http.RequestAborted);
        await JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("policies"u8);
            foreach (KeptPolicy policy in policies)
            {
                json.WritePolicy(policy.Policy);
            }

            json.WriteEndArray();
            json.WriteStartArray("managed"u8); // beside the policies, so that these can be sent back as they are
            foreach (KeptPolicy policy in policies.Where(static policy => policy.IsManaged))
            {
                json.WriteStringValue(policy.Policy.Name);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
