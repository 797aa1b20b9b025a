using System.Security.Cryptography;
using System.Text.Json;
using Coffer.ConformanceTests.Core;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Access;

/// <summary>Servers that are told the public keys by which another program signs tokens.</summary>
public sealed class KeySetTests : IDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly RSA _other = RSA.Create(2048);
    private readonly ECDsa _ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _rsa.Dispose();
        _other.Dispose();
        _ecdsa.Dispose();
    }

    [Fact]
    public async Task A_key_set_of_the_settings_opens_the_default_account()
    {
        string keySet = Tokens.KeySet(_rsa, _ecdsa);
        await using CofferProcess server = await CofferProcess.StartAsync(new ServerSetup().With("COFFER_JWT_JWKS", keySet));
        string bucket = await server.Api.NewBucketAsync();
        object claims = new { role = "service_role", sub = "ada" };

        foreach (string token in new[] { Tokens.Rs256(_rsa, claims, "r"), Tokens.Es256(_ecdsa, claims, "e"), Tokens.Hs256(Canary.JwtSecret, claims) })
        {
            Assert.Equal([bucket], await BucketsAsync(server, token));
        }

        // What the set says can be read by anybody, so none of it signs.
        foreach (string known in new[] { keySet, _rsa.ExportSubjectPublicKeyInfoPem(), _rsa.ExportRSAPublicKeyPem() })
        {
            await RefusesAsync(server, Tokens.Hs256(known, claims, new { alg = "HS256", kid = "r" }), "signature verification failed");
        }

        await RefusesAsync(server, Tokens.Rs256(_other, claims, "r"), "signature verification failed");
        await RefusesAsync(server, Tokens.Rs256(_rsa, claims, "unknown"), "\"alg\" (Algorithm) Header Parameter value not allowed");
        await RefusesAsync(server, Tokens.Rs256(_rsa, new { role = "service_role", exp = 1_000_000 }, "r"), "\"exp\" claim timestamp check failed");
    }

    [Fact]
    public async Task Key_sets_of_the_bootstrap_file_open_each_its_own_account()
    {
        await using CofferProcess server = CofferProcess.Make();
        string file = Path.Combine(server.Folder, "bootstrap.json"), keys = Path.Combine(server.Folder, "keys.json");
        await File.WriteAllTextAsync(keys, Tokens.KeySet(_other, _ecdsa));
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
        {
            accounts = new object[]
            {
                new { name = "team-b", jwks = JsonSerializer.Deserialize<JsonElement>(Tokens.KeySet(_rsa, _ecdsa)) },
                new { name = "team-c", jwks = $"file:{keys}" },
            },
            buckets = new[] { new { account = "team-b", name = "theirs" }, new { account = "team-c", name = "others" } },
        }));
        object claims = new { role = "service_role" };

        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));

        Assert.Equal(["theirs"], await BucketsAsync(server, Tokens.Rs256(_rsa, claims, "r")));
        Assert.Equal(["others"], await BucketsAsync(server, Tokens.Rs256(_other, claims, "r")));
        Assert.Empty(await BucketsAsync(server, Canary.ApiKey));

        // A set that leaves the file leaves the account.
        await File.WriteAllTextAsync(file, """{ "accounts": [ { "name": "team-b" } ] }""");
        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        await RefusesAsync(server, Tokens.Rs256(_rsa, claims, "r"), "signature verification failed");
    }

    /// <summary>The buckets that somebody made.</summary>
    private static async Task<IEnumerable<string?>> BucketsAsync(CofferProcess server, string token) =>
        (await server.Api.WithKey(token).GetAsync($"{StorageCalls.Root}/bucket")).Expect(200).Json.EnumerateArray()
            .Select(bucket => bucket.Text("name")).Where(name => !name!.StartsWith("objects", StringComparison.Ordinal));

    private static async Task RefusesAsync(CofferProcess server, string token, string message) =>
        (await server.Api.WithKey(token).GetAsync($"{StorageCalls.Root}/bucket")).ExpectRefusal(403, "AccessDenied", "Unauthorized", message);
}
