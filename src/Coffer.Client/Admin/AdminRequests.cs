namespace Coffer.Client;

/// <summary>The routes of the admin API.</summary>
internal static class AdminRequests
{
    private const string Accounts = "/admin/v1/accounts";
    private const string Keys = "/admin/v1/keys";

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

    public static ApiRequest Reap(bool confirm, RequestOptions? options) =>
        new(HttpMethod.Post, "/admin/v1/reap") { Body = new() { ["confirm"] = confirm }, Options = options };
}
