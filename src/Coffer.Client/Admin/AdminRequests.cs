using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coffer.Client;

/// <summary>The routes of the admin API.</summary>
internal static class AdminRequests
{
    private const string Accounts = "/admin/v1/accounts";
    private const string Keys = "/admin/v1/keys";
    private const string Policies = "/admin/v1/policies";

    public static ApiRequest CreateAccount(string name, string? jwtSecret, RequestOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new(HttpMethod.Post, Accounts)
        {
            Body = ApiRequest.BodyOf(new(name, jwtSecret), CofferJson.Default.AccountCreateRequest), Options = options,
        };
    }

    public static ApiRequest ListAccounts(RequestOptions? options) => new(HttpMethod.Get, Accounts) { Options = options };

    public static ApiRequest CreateKey(KeyCreateRequest request, RequestOptions? options) =>
        new(HttpMethod.Post, Keys) { Body = ApiRequest.BodyOf(request, CofferJson.Default.KeyCreateRequest), Options = options };

    public static ApiRequest ListKeys(string? account, RequestOptions? options) =>
        new(HttpMethod.Get, Keys) { Query = [("account", account)], Options = options };

    public static ApiRequest RevokeKey(string id, string? account, RequestOptions? options) =>
        new(HttpMethod.Delete, $"{Keys}/{ApiRequest.Segment(id)}") { Query = [("account", account)], Options = options };

    public static ApiRequest ListPolicies(string? account, RequestOptions? options) =>
        new(HttpMethod.Get, Policies) { Query = [("account", account)], Options = options };

    public static ApiRequest PutPolicies(IEnumerable<JsonElement> policies, bool replaceAll, string? account, RequestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(policies);
        return new(HttpMethod.Put, Policies)
        {
            Query = [("account", account)],
            Body = new()
            {
                ["policies"] = new JsonArray([.. policies.Select(static policy => JsonNode.Parse(policy.GetRawText()))]),
                ["replace"] = replaceAll,
            },
            Options = options,
        };
    }

    public static ApiRequest RemovePolicies(string? name, string? account, RequestOptions? options) => new(HttpMethod.Delete, Policies)
    {
        Query = [("name", name), ("all", name is null ? "true" : null), ("account", account)], Options = options,
    };

    public static ApiRequest TestPolicies(PolicyQuestion question, string? account, RequestOptions? options) =>
        new(HttpMethod.Post, $"{Policies}/test")
        {
            Query = [("account", account)], Body = ApiRequest.BodyOf(question, CofferJson.Default.PolicyQuestion), Options = options,
        };

    public static ApiRequest ExplainDecision(string id, RequestOptions? options) =>
        new(HttpMethod.Get, $"/admin/v1/decisions/{ApiRequest.Segment(id)}") { Options = options };

    public static ApiRequest Reap(bool confirm, RequestOptions? options) =>
        new(HttpMethod.Post, "/admin/v1/reap") { Body = new() { ["confirm"] = confirm }, Options = options };
}
