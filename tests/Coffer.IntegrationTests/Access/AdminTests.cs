using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Access;

public sealed class AdminTests(SharedServer server)
{
    private readonly Api _operator = server.Process.Operator;

    [Fact]
    public async Task An_account_is_made_once_and_listed_by_name()
    {
        string name = $"acct-{Guid.NewGuid():N}"[..20];

        Answer made = (await _operator.PostAsync("/admin/v1/accounts", new { name, jwt_secret = new string('s', 32) })).Expect(200);
        Assert.Equal(name, made.Json.Text("name"));
        Answer twin = (await _operator.PostAsync("/admin/v1/accounts", new { name })).ExpectError(409, "account_exists");
        Assert.Equal("false", twin.Header("x-should-retry"));

        string[] names = [.. (await _operator.GetAsync("/admin/v1/accounts")).Expect(200).Json.Items("accounts").Select(account => account.Text("name")!)];
        Assert.Contains(name, names);
        Assert.Contains("default", names);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        Assert.DoesNotContain("sss", (await _operator.GetAsync("/admin/v1/accounts")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""), InlineData("Upper"), InlineData("-a"), InlineData("a-"), InlineData("a_b"), InlineData("a b"), InlineData("ü"), InlineData("a/b")]
    [InlineData("12345678901234567890123456789012345678901")]
    public async Task An_account_name_is_lower_case_letters_digits_and_inner_hyphens(string name) =>
        (await _operator.PostAsync("/admin/v1/accounts", new { name })).ExpectError(400, "invalid_argument");

    [Theory]
    [InlineData("""{}"""), InlineData("""{"name":7}"""), InlineData("""{"name":"ok","jwt_secret":"too short"}"""), InlineData("[]"), InlineData("{")]
    public async Task An_account_that_breaks_a_rule_is_refused(string body) =>
        (await _operator.PostAsync("/admin/v1/accounts", body)).ExpectError(400, "invalid_argument");

    [Fact]
    public async Task A_key_shows_its_token_once_and_works_at_once()
    {
        string account = await server.Accounts.NewNameAsync();

        JsonElement made = (await _operator.PostAsync("/admin/v1/keys", new { account, right = "service", label = "ci", subject = "user-7" })).Expect(200).Json;

        Assert.Equal(account, made.Text("account"));
        Assert.Equal("service", made.Text("right"));
        Assert.Equal("ci", made.Text("label"));
        Assert.Equal("user-7", made.Text("subject"));
        string token = made.Text("token")!;
        await server.Api.WithKey(token).StoreAsync();
        Answer listed = (await _operator.GetAsync($"/admin/v1/keys?account={account}")).Expect(200);
        JsonElement key = Assert.Single(listed.Json.Items("keys"));
        Assert.Equal(made.Text("id"), key.Text("id"));
        Assert.DoesNotContain(token, listed.Text, StringComparison.Ordinal);
        string hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)));
        Assert.DoesNotContain(hash, listed.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_revoked_key_opens_nothing_from_the_answer_on_and_stays_listed()
    {
        string account = await server.Accounts.NewNameAsync();
        (string id, string token) = await server.Accounts.MakeKeyAsync(account);
        Api api = server.Api.WithKey(token);
        CreatedObject created = await api.CreateAsync();

        JsonElement revoked = (await _operator.DeleteAsync($"/admin/v1/keys/{id}")).Expect(200).Json;
        Assert.NotNull(revoked.Number("revoked_at_ms"));

        (await api.RetrieveAsync(created.Id)).ExpectError(401, "not_authenticated");
        JsonElement again = (await _operator.DeleteAsync($"/admin/v1/keys/{id}")).Expect(200).Json;
        Assert.Equal(revoked.Number("revoked_at_ms"), again.Number("revoked_at_ms"));
        Assert.Single((await _operator.GetAsync($"/admin/v1/keys?account={account}")).Json.Items("keys"));
    }

    [Fact]
    public async Task A_service_key_handles_the_keys_of_its_account_and_no_others()
    {
        string mine = await server.Accounts.NewNameAsync();
        string theirs = await server.Accounts.NewNameAsync();
        Api service = await server.Accounts.KeyAsync(mine);
        (string theirKey, _) = await server.Accounts.MakeKeyAsync(theirs);

        JsonElement made = (await service.PostAsync("/admin/v1/keys", new { right = "anon" })).Expect(200).Json;
        Assert.Equal(mine, made.Text("account"));
        (await service.PostAsync("/admin/v1/keys", new { right = "service" })).Expect(200);
        Assert.All((await service.GetAsync("/admin/v1/keys")).Expect(200).Json.Items("keys"), key => Assert.Equal(mine, key.Text("account")));

        (await service.PostAsync("/admin/v1/keys", new { account = theirs, right = "anon" })).ExpectError(403, "access_denied");
        (await service.PostAsync("/admin/v1/keys", new { account = "no-such-account", right = "anon" })).ExpectError(403, "access_denied");
        (await service.GetAsync($"/admin/v1/keys?account={theirs}")).ExpectError(403, "access_denied");
        (await service.DeleteAsync($"/admin/v1/keys/{theirKey}")).ExpectError(404, "key_not_found");
        (await service.DeleteAsync($"/admin/v1/keys/{theirKey}?account={theirs}")).ExpectError(403, "access_denied");
        (await service.DeleteAsync($"/admin/v1/keys/{made.Text("id")}?account={mine}")).Expect(200);
    }

    [Fact]
    public async Task The_operator_who_names_an_account_revokes_no_key_of_another()
    {
        string named = await server.Accounts.NewNameAsync();
        string other = await server.Accounts.NewNameAsync();
        (string id, string token) = await server.Accounts.MakeKeyAsync(other);

        (await _operator.DeleteAsync($"/admin/v1/keys/{id}?account={named}")).ExpectError(404, "key_not_found");
        (await _operator.DeleteAsync($"/admin/v1/keys/{id}?account=no-such-account")).ExpectError(404, "account_not_found");
        (await server.Api.WithKey(token).GetAsync("/v1/objects")).Expect(200);

        (await _operator.DeleteAsync($"/admin/v1/keys/{id}?account={other}")).Expect(200);
        (await server.Api.WithKey(token).GetAsync("/v1/objects")).Expect(401);
    }

    [Theory]
    [InlineData("""{"right":"operator"}"""), InlineData("""{"right":"root"}"""), InlineData("""{"right":7}"""), InlineData("""{"right":""}""")]
    [InlineData("""{"account":7,"right":"anon"}"""), InlineData("""{"label":[],"right":"anon"}"""), InlineData("{")]
    public async Task A_key_that_breaks_a_rule_is_refused(string body) =>
        (await _operator.PostAsync("/admin/v1/keys", body)).ExpectError(400, "invalid_argument");

    [Fact]
    public async Task Labels_and_subjects_have_at_most_256_characters()
    {
        (await _operator.PostAsync("/admin/v1/keys", new { right = "anon", label = new string('l', 257) })).ExpectError(400, "invalid_argument");
        (await _operator.PostAsync("/admin/v1/keys", new { right = "anon", subject = new string('s', 257) })).ExpectError(400, "invalid_argument");
    }

    [Fact]
    public async Task A_message_quotes_readably()
    {
        Answer answer = (await _operator.GetAsync("/admin/v1/keys?account=b%C3%BCro")).ExpectError(404, "account_not_found");

        Assert.Equal("""{"message":"there is no account 'büro'","code":"account_not_found"}""", answer.Text);
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
    }

    [Fact]
    public async Task Unknown_accounts_and_keys_are_not_found()
    {
        (await _operator.PostAsync("/admin/v1/keys", new { account = "no-such-account", right = "anon" })).ExpectError(404, "account_not_found");
        (await _operator.GetAsync("/admin/v1/keys?account=no-such-account")).ExpectError(404, "account_not_found");
        (await _operator.DeleteAsync($"/admin/v1/keys/{Guid.NewGuid()}")).ExpectError(404, "key_not_found");
        (await _operator.DeleteAsync("/admin/v1/keys/nonsense")).ExpectError(404, "key_not_found");
    }

    [Fact]
    public async Task Accounts_keys_and_revocations_outlive_a_kill()
    {
        await using CofferProcess own = await CofferProcess.StartAsync();
        string account = await own.Accounts.NewNameAsync();
        (string revokedId, string revoked) = await own.Accounts.MakeKeyAsync(account);
        Api kept = await own.Accounts.KeyAsync(account);
        string id = await kept.StoreAsync("bytes");
        (await own.Operator.DeleteAsync($"/admin/v1/keys/{revokedId}")).Expect(200);

        await own.KillAsync();
        await own.StartAgainAsync();

        Assert.Equal("bytes", (await kept.DownloadAsync(id)).Text);
        (await kept.WithKey(revoked).GetAsync("/v1/objects")).Expect(401);
    }

    [Fact]
    public async Task Loopback_may_do_without_the_operator_key_only_where_that_was_asked_for()
    {
        await using CofferProcess open = await CofferProcess.StartAsync(new ServerSetup().With("COFFER_ADMIN_OPEN", "loopback"));
        Api nobody = open.Api.WithKey(null);

        (await nobody.GetAsync("/admin/v1/accounts")).Expect(200);
        (await nobody.GetAsync("/metrics")).Expect(200);
        (await nobody.GetAsync("/v1/objects")).Expect(401);
        (await nobody.GetAsync("/admin/v1/accounts", ("Origin", "https://evil.example"))).Expect(401);
        (await nobody.GetAsync("/admin/v1/accounts", ("Host", "evil.example"))).Expect(401);
        (await nobody.GetAsync("/admin/v1/accounts", ("X-Forwarded-For", "192.0.2.7"))).Expect(401);
        (await open.Api.GetAsync("/admin/v1/accounts")).Expect(403);
    }
}
