using Coffer.Access;
using Coffer.Http;
using Coffer.Policies;
using Coffer.Upkeep;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coffer.Server.Admin;

/// <summary>Accounts, keys and policies over HTTP. The core decides who may.</summary>
internal static class AdminRoutes
{
    public static void MapAdmin(this IEndpointRouteBuilder routes, AdminRoutesContext admin)
    {
        Call("POST", "/admin/v1/accounts", "admin.accounts.create", CreateAccount.Handle);
        Call("GET", "/admin/v1/accounts", "admin.accounts.list", ListAccounts.Handle);
        Call("POST", "/admin/v1/keys", "admin.keys.create", CreateKey.Handle);
        Call("GET", "/admin/v1/keys", "admin.keys.list", ListKeys.Handle);
        Call("DELETE", "/admin/v1/keys/{id}", "admin.keys.revoke", RevokeKey.Handle);
        Call("POST", "/admin/v1/reap", "admin.reap", Reap.Handle);
        Call("GET", "/admin/v1/policies", "admin.policies.list", ListPolicies.Handle);
        Call("PUT", "/admin/v1/policies", "admin.policies.put", PutPolicies.Handle);
        Call("DELETE", "/admin/v1/policies", "admin.policies.remove", RemovePolicies.Handle);
        Call("POST", "/admin/v1/policies/test", "admin.policies.test", TestPolicies.Handle);
        Call("GET", "/admin/v1/decisions/{id}", "admin.decisions.explain", ExplainDecision.Handle);

        void Call(string method, string path, string operation, Func<HttpContext, AdminRoutesContext, Task> handle) =>
            routes.MapMethods(path, [method], async http =>
            {
                try
                {
                    await handle(http, admin);
                }
                catch (StoreException refusal) when (!http.Response.HasStarted)
                {
                    await Refusals.WriteAsync(http, refusal);
                }
            }).WithMetadata(new Operation(operation));
    }
}

/// <summary>What the admin operations work with.</summary>
/// <param name="IsOpen">Whether a caller without a key counts as the operator: on loopback, when it was asked for.</param>
internal sealed record AdminRoutesContext(
    Callers Callers, AccessKeys Keys, Accounts Accounts, Reaper Reaper, Func<HttpContext, bool> IsOpen)
{
    public required PolicyStore Policies { get; init; }

    public required DecisionLog Decisions { get; init; }

    public required PolicyGate Gate { get; init; }

    /// <summary>The account that a request names in its query; null when it names none.</summary>
    public static string? AccountOf(HttpContext http) => http.Request.Query["account"].ToString() is { Length: > 0 } account ? account : null;

    /// <exception cref="StoreException">NotAuthenticated.</exception>
    public async ValueTask<Caller> CallerAsync(HttpContext http) =>
        BearerToken.Of(http.Request) is null && IsOpen(http) ? Caller.Operator : await BearerToken.CallerAsync(http, Callers);

    /// <summary>Names for the accounts of keys; a service key sees only its own.</summary>
    public async ValueTask<Func<AccountId, string>> AccountNamesAsync(Caller caller, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<AccountId, string> names = await Accounts.NamesAsync(caller, cancellationToken);
        return id => names.TryGetValue(id, out string? name) ? name : "";
    }
}
