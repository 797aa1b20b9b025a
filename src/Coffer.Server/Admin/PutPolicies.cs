using System.Text.Json;
using Coffer.Access;
using Coffer.Http;
using Coffer.Policies;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Admin;

/// <summary>
/// PUT /admin/v1/policies, of one account with <c>?account=</c>: adds policies, in the place of those with the same names; with
/// "replace": true in the place of all. From the answer on every decision follows them. The answer names the buckets that there
/// are not (yet).
/// </summary>
internal static class PutPolicies
{
    public static async Task Handle(HttpContext http, AdminRoutesContext admin)
    {
        Caller caller = await admin.CallerAsync(http);
        using JsonBody body = await JsonBody.ReadAsync(http);
        bool replacesAll = body.Flag("replace") ?? false;
        IReadOnlyList<Policy> policies = PolicyReader.ReadList(
            body.Json("policies") is { ValueKind: JsonValueKind.Array } list
                ? [.. list.EnumerateArray()]
                : throw new StoreException(StoreErrorCode.InvalidArgument, "policies is not an array of policies"));

        string? account = AdminRoutesContext.AccountOf(http);
        int removed = await admin.Policies.PutAsync(
            caller, account, policies, replacesAll, http.RequestAborted);
        IReadOnlyList<string> unknown = await admin.Policies.UnknownBucketsAsync(caller, account, policies, http.RequestAborted);

        await JsonResponse.WriteAsync(http, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("policies"u8);
            foreach (Policy policy in policies)
            {
                json.WritePolicy(policy);
            }

            json.WriteEndArray();
            json.WriteNumber("removed"u8, removed);
            json.WriteStartArray("unknown_buckets"u8);
            foreach (string bucket in unknown)
            {
                json.WriteStringValue(bucket);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }
}
