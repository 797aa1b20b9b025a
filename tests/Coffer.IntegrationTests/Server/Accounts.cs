using System.Globalization;

namespace Coffer.IntegrationTests.Server;

/// <summary>Makes accounts and keys through the admin routes, so that tests on one server do not see each other's objects.</summary>
public sealed class Accounts(CofferProcess server)
{
    private int _made;

    /// <summary>A new account of its own.</summary>
    /// <returns>Calls with its service key.</returns>
    public async Task<Api> NewAsync() => await KeyAsync(await NewNameAsync());

    /// <summary>A new account without keys.</summary>
    public async Task<string> NewNameAsync()
    {
        string name = "team-" + Interlocked.Increment(ref _made).ToString(CultureInfo.InvariantCulture);
        (await server.Operator.PostAsync("/admin/v1/accounts", new { name })).Expect(200);
        return name;
    }

    /// <summary>Calls with a new key of an account.</summary>
    public async Task<Api> KeyAsync(string account, string right = "service") => server.Api.WithKey((await MakeKeyAsync(account, right)).Token);

    /// <summary>Calls with the JSON Web Token of a new key, which is the key in another form.</summary>
    public async Task<Api> WebTokenAsync(string account, string right = "service")
    {
        Answer made = (await server.Operator.PostAsync("/admin/v1/keys", new { account, right, label = "test" })).Expect(200);
        string token = made.Json.Text("jwt")!;
        server.Handed.Add(token);
        return server.Api.WithKey(token);
    }

    public async Task<(string Id, string Token)> MakeKeyAsync(string account, string right = "service")
    {
        Answer made = (await server.Operator.PostAsync("/admin/v1/keys", new { account, right, label = "test" })).Expect(200);
        return (made.Json.Text("id")!, made.Json.Text("token")!);
    }
}
