using System.Security.Cryptography;
using Coffer.Access;
using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Core;

/// <summary>Who a token speaks for, and which tokens speak for nobody.</summary>
public sealed class CallersTests : IAsyncLifetime
{
    private const string Secret = "a secret of the default account, long enough";
    private const string OtherSecret = "a secret of the other account, long enough.";
    private static readonly RSA Rsa = RSA.Create(2048);
    private static readonly ECDsa Ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private SmallStore _store = null!;
    private Account _account = null!;
    private Account _other = null!;
    private AccessKeys _keys = null!;
    private Callers _callers = null!;

    private static CancellationToken None => CancellationToken.None;

    private SqliteCatalog Catalog => _store.Catalog;

    private long NowSeconds => Catalog.NowMs / 1000;

    public async ValueTask InitializeAsync()
    {
        _store = await SmallStore.OpenAsync();
        _account = (await Catalog.FindAccountAsync(Account.DefaultName, None))! with { JwtSecrets = ["another one, which signs new tokens, so long", Secret] };
        await Catalog.UpdateAccountAsync(_account, None);
        _other = (await Catalog.AddAccountAsync(
            new Account { Name = "other", JwtSecrets = [OtherSecret], KeySet = Tokens.KeySet(Rsa, Ecdsa), CreatedAtMs = Catalog.NowMs }, None))!;
        _keys = new AccessKeys(Catalog, _store.Use, AccessKey.HashOf("operator"));
        _callers = new Callers(Catalog, _keys);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData("service_role", Right.Service)]
    [InlineData("authenticated", Right.Authenticated)]
    [InlineData("anon", Right.Anon)]
    [InlineData("editor", Right.Anon)] // a role that policies may mention gives no right by itself
    public async Task A_token_of_any_secret_of_an_account_speaks_for_it(string role, Right right)
    {
        string token = Tokens.Hs256(Secret, new { role, sub = "user-1", exp = NowSeconds + 60, nbf = NowSeconds - 60, app = new { level = 3 } });

        foreach (int _ in Enumerable.Range(0, 2)) // the second time it is known where to look
        {
            Caller caller = await _callers.ResolveAsync(token, None);

            Assert.Equal((_account.Id, right, role, "user-1"), (caller.Account, caller.Right, caller.Role, caller.Subject));
            Assert.Equal(3, caller.Claims!.Value.GetProperty("app").GetProperty("level").GetInt32());
        }
    }

    [Fact]
    public async Task Without_a_role_it_is_anybody()
    {
        Caller caller = await _callers.ResolveAsync(Tokens.Hs256(Secret, new { sub = "" }), None);

        Assert.Equal((Right.Anon, "anon", null), (caller.Right, caller.Role, caller.Subject));
    }

    [Fact]
    public async Task A_key_set_takes_RS256_and_ES256()
    {
        Caller byRsa = await _callers.ResolveAsync(Tokens.Rs256(Rsa, new { role = "authenticated", sub = "r" }, "r"), None);
        Caller byEcdsa = await _callers.ResolveAsync(Tokens.Es256(Ecdsa, new { role = "authenticated", sub = "e" }, "e"), None);
        Caller bySecret = await _callers.ResolveAsync(Tokens.Hs256(OtherSecret, new { sub = "h" }, new { alg = "HS256", kid = "r" }), None);

        Assert.All([byRsa, byEcdsa, bySecret], caller => Assert.Equal(_other.Id, caller.Account));
        Assert.Equal(("r", "e", "h"), (byRsa.Subject, byEcdsa.Subject, bySecret.Subject));
    }

    public static TheoryData<string, string, string> BadTokens => new()
    {
        { "no token at all", "a.b", "" },
        { "empty parts", "..", "" },
        { "four parts", "a.b.c.d", "" },
        { "too long", new string('a', 8200) + ".b.c", "" },
        { "header is no JSON", "e30x.e30.AAAA", "JWS Protected Header is invalid" },
        { "header without alg", Tokens.Sign(new { typ = "JWT" }, new { }, static _ => [1]), "JWS Protected Header is invalid" },
        { "critical extension", Tokens.Hs256(Secret, new { }, new { alg = "HS256", crit = new[] { "x" } }), "JWS Protected Header is invalid" },
        { "half a character in a name of the header", Tokens.Hs256(Secret, new { }, """{"\ud800aaaa":1,"alg":"HS256"}"""u8.ToArray()), "JWS Protected Header is invalid" },
        { "half a character in a claim's name", Tokens.Hs256(Secret, """{"\ud800aaaa":1,"role":"service_role"}"""u8.ToArray()), "the payload of the token is not a JSON object" },
        { "payload is no object", Tokens.Hs256(Secret, new[] { 1 }), "the payload of the token is not a JSON object" },
        { "payload is nested too deep", Tokens.Hs256(Secret, System.Text.Encoding.ASCII.GetBytes(new string('[', 5000))), "the payload of the token is not a JSON object" },
        { "alg none", Tokens.Sign(new { alg = "none" }, new { role = "service_role" }, static _ => [0]), "\"alg\" (Algorithm) Header Parameter value not allowed" },
        { "alg HS512", Tokens.Sign(new { alg = "HS512" }, new { }, static bytes => HMACSHA512.HashData(System.Text.Encoding.UTF8.GetBytes(Secret), bytes)), "\"alg\" (Algorithm) Header Parameter value not allowed" },
        { "wrong secret", Tokens.Hs256("a secret that nobody here has, long enough", new { role = "service_role" }), "signature verification failed" },
        { "RSA key as HMAC secret", Tokens.Hs256(Rsa.ExportSubjectPublicKeyInfoPem(), new { role = "service_role" }, new { alg = "HS256", kid = "r" }), "signature verification failed" },
        { "RSA modulus as HMAC secret", Tokens.Sign(new { alg = "HS256", kid = "r" }, new { }, static bytes => HMACSHA256.HashData(Rsa.ExportParameters(false).Modulus!, bytes)), "signature verification failed" },
        { "RS256 of another key", Tokens.Rs256(RSA.Create(2048), new { role = "service_role" }, "r"), "signature verification failed" },
        { "RS256 under another kid", Tokens.Rs256(Rsa, new { role = "service_role" }, "e"), "\"alg\" (Algorithm) Header Parameter value not allowed" },
        { "signature cut off", Tokens.Hs256(Secret, new { })[..^4], "signature verification failed" },
        { "signature is no base64url", Tokens.Hs256(Secret, new { })[..^1] + "!", "signature verification failed" },
        { "signature with white space", Tokens.Hs256(Secret, new { })[..^2] + " " + Tokens.Hs256(Secret, new { })[^2..], "signature verification failed" },
        { "signature with padding", Tokens.Hs256(Secret, new { }) + "=", "signature verification failed" },
        { "signature with bits that no byte needs", WithSpareBits(Tokens.Hs256(Secret, new { })), "signature verification failed" },
        { "header with white space", "\n" + Tokens.Hs256(Secret, new { }), "JWS Protected Header is invalid" },
        { "header with padding", Padded(Tokens.Hs256(Secret, new { }, new { alg = "HS256", x = "a" }), part: 0), "JWS Protected Header is invalid" },
        { "payload with white space", Tokens.Hs256(Secret, new { }).Replace(".e30.", ".e3 0.", StringComparison.Ordinal), "the payload of the token is not a JSON object" },
        { "payload with padding", Padded(Tokens.Hs256(Secret, new { a = 1 }), part: 1), "the payload of the token is not a JSON object" },
        { "expired", Tokens.Hs256(Secret, new { exp = 1_000_000 }), "\"exp\" claim timestamp check failed" },
        { "not yet valid", Tokens.Hs256(Secret, new { nbf = 99_999_999_999 }), "\"nbf\" claim timestamp check failed" },
        { "expiry is a text", Tokens.Hs256(Secret, new { exp = "never" }), "\"exp\" claim must be a number" },
        { "the token of a signed URL", Tokens.Hs256(Secret, new { url = "b/k", scope = "download", exp = 99_999_999_999 }), "this token belongs to a signed URL: it opens that URL alone" },
        { "an old one", Tokens.Hs256(Secret, new { url = "b/k" }), "this token belongs to a signed URL: it opens that URL alone" },
    };

    /// <summary>The token with another last character, which stands for the same bytes to those who do not look closely.</summary>
    private static string WithSpareBits(string token)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return token[..^1] + alphabet[alphabet.IndexOf(token[^1], StringComparison.Ordinal) + 1]; // 32 bytes leave two bits, which are 0
    }

    /// <summary>The token with as many signs after one of its parts as base64 would end with.</summary>
    private static string Padded(string token, int part)
    {
        string[] parts = token.Split('.');
        Assert.NotEqual(0, parts[part].Length % 4);
        parts[part] = parts[part].PadRight((parts[part].Length + 3) / 4 * 4, '=');
        return string.Join('.', parts);
    }

    [Theory, MemberData(nameof(BadTokens))]
    public async Task Speaks_for_nobody(string what, string token, string text)
    {
        foreach (int _ in Enumerable.Range(0, 2))
        {
            var refused = await Assert.ThrowsAsync<StoreException>(async () => await _callers.ResolveAsync(token, None));

            Assert.True(refused.Code == (text.Length == 0 ? StoreErrorCode.NotAuthenticated : StoreErrorCode.TokenInvalid), what);
            Assert.Equal(text.Length == 0 ? "this key is unknown or revoked" : text, refused.Message);
        }
    }

    [Fact]
    public async Task A_secret_that_is_no_longer_an_accounts_verifies_nothing_at_once()
    {
        string token = Tokens.Hs256(Secret, new { role = "authenticated" });
        await _callers.ResolveAsync(token, None);

        await Catalog.UpdateAccountAsync(_account with { JwtSecrets = [_account.JwtSecrets![0]] }, None);

        var refused = await Assert.ThrowsAsync<StoreException>(async () => await _callers.ResolveAsync(token, None));
        Assert.Equal("signature verification failed", refused.Message);
    }

    [Fact]
    public async Task A_token_that_is_known_ends_in_time_all_the_same()
    {
        string token = Tokens.Hs256(Secret, new { role = "authenticated", exp = NowSeconds + 60 });
        await _callers.ResolveAsync(token, None);
        _store.Clock.Pass(TimeSpan.FromSeconds(61));

        var refused = await Assert.ThrowsAsync<StoreException>(async () => await _callers.ResolveAsync(token, None));
        Assert.Equal("\"exp\" claim timestamp check failed", refused.Message);
    }

    [Fact]
    public async Task A_known_token_stands_for_no_other_that_looks_like_it()
    {
        string token = Tokens.Hs256(Secret, new { role = "service_role", sub = "a" });
        await _callers.ResolveAsync(token, None);
        foreach (int at in new[] { 3, token.IndexOf('.', StringComparison.Ordinal) + 3, token.Length - 3 })
        {
            foreach (char other in "?\u00e9\u0100A0".Where(other => other != token[at])) // what no token has, and what it may have
            {
                string forged = string.Concat(token.AsSpan(0, at), [other], token.AsSpan(at + 1));
                var refused = await Assert.ThrowsAsync<StoreException>(async () => await _callers.ResolveAsync(forged, None));
                Assert.Equal(StoreErrorCode.TokenInvalid, refused.Code);
            }
        }
    }

    [Fact]
    public async Task More_tokens_than_are_kept_are_all_resolved()
    {
        string claim = new('c', 5000); // a few thousand of these are too many
        string first = Tokens.Hs256(Secret, new { sub = "first", claim });
        for (int i = 0; i < 1500; i++)
        {
            string token = i % 100 == 0 ? first : Tokens.Hs256(Secret, new { sub = $"user-{i}", claim });
            Assert.Equal(i % 100 == 0 ? "first" : $"user-{i}", (await _callers.ResolveAsync(token, None)).Subject);
        }
    }

    [Fact]
    public async Task Tokens_are_not_kept_in_memory()
    {
        WeakReference[] tokens = await ResolveSomeAsync();

        GC.Collect();

        Assert.InRange(tokens.Count(static token => token.IsAlive), 0, 2); // the last one may still be on the stack

        async Task<WeakReference[]> ResolveSomeAsync()
        {
            var seen = new WeakReference[20];
            for (int i = 0; i < seen.Length; i++)
            {
                string token = Tokens.Hs256(Secret, new { role = "authenticated", sub = $"user-{i}" });
                seen[i] = new WeakReference(token);
                Assert.Equal($"user-{i}", (await _callers.ResolveAsync(token, None)).Subject);
            }

            return seen;
        }
    }

    [Fact]
    public async Task Tokens_that_nobody_signed_do_not_read_the_accounts_again()
    {
        ICatalog watched = WatchedCatalog.Of(Catalog);
        var callers = new Callers(watched, _keys);
        string forged = Tokens.Hs256("a secret that nobody here has, long enough", new { role = "service_role" });
        string genuine = Tokens.Hs256(Secret, new { role = "authenticated" });
        for (int i = 0; i < 5; i++)
        {
            await Assert.ThrowsAsync<StoreException>(async () => await callers.ResolveAsync(forged, None));
            await callers.ResolveAsync(genuine, None);
        }

        Assert.Equal(1, WatchedCatalog.Calls(watched, nameof(ICatalog.ListAccountsAsync)));
        Assert.Equal(0, WatchedCatalog.Calls(watched, nameof(ICatalog.FindAccountAsync)));
        await Catalog.AddAccountAsync(
            new Account { Name = "third", JwtSecrets = ["a secret that nobody here has, long enough"], CreatedAtMs = Catalog.NowMs }, None);
        Assert.Equal(Right.Service, (await callers.ResolveAsync(forged, None)).Right); // genuine by now
    }

    [Theory]
    [InlineData(Right.Anon), InlineData(Right.Authenticated), InlineData(Right.Service)]
    public async Task The_web_token_of_a_key_speaks_as_the_key_and_is_revoked_with_it(Right right)
    {
        Caller service = Caller.Service(_account.Id);
        (AccessKey key, string token) = await _keys.CreateAsync(service, account: null, right, label: null, subject: "robot", None);
        string webToken = await _keys.WebTokenAsync(key, None);

        Caller byKey = await _callers.ResolveAsync(token, None), byWebToken = await _callers.ResolveAsync(webToken, None);
        Assert.Equal(
            (byKey.Account, byKey.Right, byKey.Role, byKey.Subject, byKey.Key),
            (byWebToken.Account, byWebToken.Right, byWebToken.Role, byWebToken.Subject, byWebToken.Key));

        await _keys.RevokeAsync(service, account: null, key.Id, None);
        foreach (string form in new[] { token, webToken })
        {
            var refused = await Assert.ThrowsAsync<StoreException>(async () => await _callers.ResolveAsync(form, None));
            Assert.Equal(StoreErrorCode.NotAuthenticated, refused.Code);
        }
    }

    [Fact]
    public async Task A_token_cannot_name_the_key_of_another_account()
    {
        (AccessKey key, _) = await _keys.CreateAsync(Caller.Service(_account.Id), account: null, Right.Service, label: null, subject: null, None);

        var refused = await Assert.ThrowsAsync<StoreException>(
            async () => await _callers.ResolveAsync(Tokens.Hs256(OtherSecret, new { role = "service_role", key_id = key.Id }), None));

        Assert.Equal(StoreErrorCode.NotAuthenticated, refused.Code);
    }

    [Fact]
    public async Task A_key_may_look_like_a_web_token()
    {
        string configured = Tokens.Hs256("signed elsewhere, with a secret of theirs", new { role = "service_role" });
        await Catalog.AddAccessKeyAsync(
            new AccessKey { Id = Guid.NewGuid(), Account = _account.Id, TokenHash = AccessKey.HashOf(configured), Right = Right.Service, CreatedAtMs = 1 }, None);

        Assert.Equal(Right.Service, (await _callers.ResolveAsync(configured, None)).Right);
    }
}
