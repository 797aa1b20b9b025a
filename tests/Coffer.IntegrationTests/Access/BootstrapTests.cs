using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Access;

/// <summary>The file of accounts and keys that is applied at each start.</summary>
public sealed class BootstrapTests
{
    private const string First = Canary.Mark + "-bootstrap-first-token-0001";
    private const string Second = Canary.Mark + " bootstrap second token with spaces 0002";

    [Fact]
    public async Task Tokens_stand_in_the_file_or_elsewhere_or_as_their_hash()
    {
        await using CofferProcess server = Prepare(out string file);
        string tokenFile = Path.Combine(server.Folder, "token");
        await File.WriteAllTextAsync(tokenFile, "token-from-a-file-0000000\n");
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("token-known-by-its-hash-00")));
        await WriteAsync(file, Account("team-b", First, "env:TEAM_B_TOKEN", $"file:{tokenFile}", $"sha256:{hash}"));

        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file), ("TEAM_B_TOKEN", "token-from-the-environment"));

        string id = await server.Api.WithKey(First).StoreAsync("theirs");
        foreach (string token in new[] { "token-from-a-file-0000000", "token-from-the-environment", "token-known-by-its-hash-00" })
        {
            Assert.Equal("theirs", (await server.Api.WithKey(token).DownloadAsync(id)).Expect(200).Text);
        }

        (await server.Api.WithKey($"sha256:{hash}").GetAsync("/v1/objects")).Expect(401);
        (await server.Api.WithKey("env:TEAM_B_TOKEN").GetAsync("/v1/objects")).Expect(401);
        (await server.Api.RetrieveAsync(id)).Expect(404);
        await server.StopAsync();
    }

    [Fact]
    public async Task A_token_that_can_be_guessed_is_warned_about_and_works()
    {
        const string Short = "only-19-characters!";
        await using CofferProcess server = Prepare(out string file);
        string hash = Convert.ToHexStringLower(SHA256.HashData("short"u8));
        await WriteAsync(file, Account("team-b", First, Short, $"sha256:{hash}"));

        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));

        (await server.Api.WithKey(Short).GetAsync("/v1/objects")).Expect(200);
        string warning = Assert.Single(server.Log.Split('\n'), line => line.Contains("can be guessed", StringComparison.Ordinal));
        Assert.Contains("\"level\":\"warning\"", warning, StringComparison.Ordinal);
        Assert.Contains("key 2 of account", warning, StringComparison.Ordinal);
        Assert.DoesNotContain(Short, server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applying_the_file_again_changes_nothing()
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, Account("team-b", First, Second));
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        string before = await KeysAsync(server);

        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));

        Assert.Equal(before, await KeysAsync(server));
    }

    [Fact]
    public async Task A_bucket_changes_only_when_the_file_says_something_else()
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, Buckets(isPublic: false));
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        JsonElement made = await BucketAsync();

        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        Assert.Equal(made.GetRawText(), (await BucketAsync()).GetRawText());

        await WriteAsync(file, Buckets(isPublic: true));
        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        JsonElement changed = await BucketAsync();
        Assert.True(changed.Flag("public"));
        Assert.NotEqual(made.Text("updated_at"), changed.Text("updated_at"));
        Assert.Equal(made.Text("created_at"), changed.Text("created_at"));

        static string Buckets(bool isPublic) => JsonSerializer.Serialize(
            new { buckets = new[] { new { name = "b", @public = isPublic, fileSizeLimit = 10, allowedMimeTypes = new[] { "text/*", "", null, "image/png" } } } });

        async Task<JsonElement> BucketAsync() => (await server.Api.GetAsync("/storage/v1/bucket/b")).Expect(200).Json;
    }

    [Fact]
    public async Task A_key_that_left_the_file_is_revoked_and_lives_again_when_it_returns()
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, Account("team-b", First, Second));
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        string id = await server.Api.WithKey(Second).StoreAsync("bytes");

        await WriteAsync(file, Account("team-b", First));
        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        (await server.Api.WithKey(First).RetrieveAsync(id)).Expect(200);
        (await server.Api.WithKey(Second).RetrieveAsync(id)).Expect(401);

        await WriteAsync(file, Account("team-b", First, Second));
        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        (await server.Api.WithKey(Second).RetrieveAsync(id)).Expect(200);
    }

    [Fact]
    public async Task A_key_that_was_revoked_by_hand_stays_revoked_however_often_the_file_is_applied()
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, Account("team-b", First));
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        string key = Assert.Single((await server.Operator.GetAsync("/admin/v1/keys?account=team-b")).Json.Items("keys")).Text("id")!;
        (await server.Operator.DeleteAsync($"/admin/v1/keys/{key}")).Expect(200);

        for (int round = 0; round < 2; round++)
        {
            await server.StopAsync();
            await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
            (await server.Api.WithKey(First).GetAsync("/v1/objects")).Expect(401);
        }

        // Nor does leaving the file and coming back revive it.
        await WriteAsync(file, """{ "accounts": [] }""");
        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        await WriteAsync(file, Account("team-b", First));
        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        (await server.Api.WithKey(First).GetAsync("/v1/objects")).Expect(401);
    }

    [Fact]
    public async Task The_service_key_stays_valid_when_the_file_that_listed_it_drops_it()
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, Account("default", Canary.ApiKey, First));
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file), ("COFFER_API_KEY", Second)); // listed, and another one is the service key
        (await server.Api.GetAsync("/v1/objects")).Expect(200);
        await server.StopAsync();
        await WriteAsync(file, Account("default", First));
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file), ("COFFER_API_KEY", Second));
        (await server.Api.GetAsync("/v1/objects")).Expect(401);

        // What the file dropped is configured: it lives, at this start and at every later one.
        for (int round = 0; round < 2; round++)
        {
            await server.StopAsync();
            await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
            (await server.Api.GetAsync("/v1/objects")).Expect(200);
            (await server.Api.WithKey(First).GetAsync("/v1/objects")).Expect(200);
            (await server.Api.WithKey(Second).GetAsync("/v1/objects")).Expect(401);
        }

        // Listed as well and dropped again, it is the service key all the while.
        await WriteAsync(file, Account("default", Canary.ApiKey, First));
        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        await WriteAsync(file, Account("default", First));
        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        (await server.Api.GetAsync("/v1/objects")).Expect(200);
    }

    [Fact]
    public async Task Accounts_their_objects_and_keys_made_by_hand_outlive_the_file()
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, Account("team-b", First));
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        string id = await server.Api.WithKey(First).StoreAsync("bytes");
        Api byHand = await server.Accounts.KeyAsync("team-b");

        await WriteAsync(file, """{ "accounts": [] }""");
        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));

        Assert.Equal("bytes", (await byHand.DownloadAsync(id)).Expect(200).Text);
        (await server.Api.GetAsync("/v1/objects")).Expect(200);
    }

    [Fact]
    public async Task The_default_account_may_be_given_more_keys_and_weaker_ones()
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, $$"""
            {
              // comments and trailing commas are fine
              "accounts": [ { "name": "default", "keys": [
                { "token": "{{First}}", "right": "service", "label": "deploy", "subject": "ci" },
                { "token": "{{Second}}", "right": "anon" },
              ] } ],
            }
            """);
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));

        string id = await server.Api.StoreAsync("bytes");

        (await server.Api.WithKey(First).RetrieveAsync(id)).Expect(200);
        (await server.Api.WithKey(Second).PostAsync("/v1/objects", new { name = "a", content_type = "text" })).Expect(403);
        JsonElement deploy = (await server.Operator.GetAsync("/admin/v1/keys?account=default")).Json.Items("keys").Single(key => key.Text("label") == "deploy");
        Assert.Equal("ci", deploy.Text("subject"));
    }

    [Theory]
    [InlineData("{", "line 1")]
    [InlineData("null", "null")]
    [InlineData("""{ "acounts": [] }""", "acounts")]
    [InlineData("""{ "accounts": [ { "keys": [] } ] }""", "name")]
    [InlineData("""{ "accounts": [ { "name": "Team B" } ] }""", "Team B")]
    [InlineData("""{ "accounts": [ { "name": "b", "keys": [ { "right": "service" } ] } ] }""", "token")]
    [InlineData("""{ "accounts": [ { "name": "b", "keys": [ { "token": "env:NOT_THERE_AT_ALL", "right": "service" } ] } ] }""", "NOT_THERE_AT_ALL")]
    [InlineData("""{ "accounts": [ { "name": "b", "keys": [ { "token": "file:/no/such/file", "right": "service" } ] } ] }""", "/no/such/file")]
    [InlineData("""{ "accounts": [ { "name": "b", "keys": [ { "token": "sha256:abc", "right": "service" } ] } ] }""", "sha256")]
    [InlineData("""{ "accounts": [ { "name": "b", "keys": [ { "token": "a-token-of-the-operator-0", "right": "operator" } ] } ] }""", "operator")]
    [InlineData("""{ "accounts": [ { "name": "b", "keys": [ { "token": "a-token-with-a-wrong-right", "right": "root" } ] } ] }""", "right")]
    [InlineData("""{ "accounts": [ { "name": "b", "jwtSecret": "short" } ] }""", "32")]
    [InlineData("""{ "accounts": [ { "name": "b", "keys": [ { "token": "the-same-token-of-two-teams", "right": "service" } ] }, { "name": "c", "keys": [ { "token": "the-same-token-of-two-teams", "right": "service" } ] } ] }""", "account")]
    [InlineData("""{ "accounts": [ { "name": "\ud800" } ] }""", "line 1")]
    [InlineData("""{ "accounts": [ { "name": "b", "jwks": "\ud800" } ] }""", "accounts[0].jwks is not well-formed Unicode")]
    [InlineData("""{ "policies": [ { "\ud800": 1 } ] }""", "policies[0] ")]
    [InlineData("""{ "policies": [ { "account": "\ud800", "preset": "open", "bucket": "a" } ] }""", "policies[0].account ")]
    [InlineData("""{ "policies": [ { "name": "\ud800" } ] }""", "policies[0] ")]
    [InlineData("""{ "buckets": [ { "account": "nobody", "name": "b" } ] }""", "nobody")]
    [InlineData("""{ "buckets": [ { "name": "b", "fileSizeLimit": -1 } ] }""", "bucket 'b': a bucket's size limit is 0 bytes or more")]
    [InlineData("""{ "buckets": [ { "name": "b", "fileSizeLimit": 9000000000000000000 } ] }""", "at most the installation's")]
    [InlineData("""{ "buckets": [ { "name": "b", "allowedMimeTypes": ["image"] } ] }""", "mime type image is not supported")]
    [InlineData("""{ "buckets": [ { "name": "objects-team-c" } ] }""", "bucket 'objects-team-c': bucket names that begin with 'objects-' are kept")]
    [InlineData("""{ "policies": [ {} ] }""", "policies[0].name is missing")]
    [InlineData("""{ "policies": [ { "preset": "open", "bucket": "a", "account": "nobody" } ] }""", "nobody")]
    [InlineData("""{ "policies": [ { "preset": "open", "bucket": "a" }, { "preset": "open", "bucket": "a" } ] }""", "two policies have the name")]
    public async Task A_file_that_breaks_a_rule_stops_the_start_with_one_line_that_names_it(string content, string named)
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, content);

        (int exitCode, string output) = await server.RunToEndAsync(("COFFER_BOOTSTRAP", file));

        Assert.Equal(2, exitCode);
        string line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.StartsWith('{')); // the others are log lines
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.StartsWith($"coffer: the bootstrap file {file} ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("the-same-token", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "accounts": [ { "name": "b" } }""",
        "is not valid JSON from line 1, byte 33 on; look there and just before for a comma, a quote or a bracket that is missing or too much")]
    [InlineData("{ \"accounts\": [],\n  \"buckets\": [ { \"name\": \"b } ] }",
        "is not valid JSON from line 2, byte 34 on; look there and just before for a comma, a quote or a bracket that is missing or too much")]
    [InlineData("[]", """is wrong in line 1: the file is a list; it has to be an object, such as { "accounts": [ ] }""")]
    [InlineData("null", """is wrong in line 1: the file is null; it has to be an object, such as { "accounts": [ ] }""")]
    [InlineData("{\n // who\n \"accounts\": {},\n}", "is wrong in line 3: accounts is an object; it has to be a list in brackets [ ]")]
    [InlineData("{ \"accounts\": [\n { \"name\": \"b\" },\n { \"name\": 5 } ] }", "is wrong in line 3: accounts[1].name is a number; it has to be a text in quotes")]
    [InlineData("""{ "accounts": [ null ] }""", """is wrong in line 1: accounts[0] is null; it has to be an object, such as { "name": "team-b" }""")]
    [InlineData("{ \"accounts\": [\n {\n \"keys\": [] } ] }", "is wrong in line 2: accounts[0].name is missing; it has to be there, a text in quotes")]
    [InlineData("""{ "accounts": [ { "name": "b", "jwks": 1 } ] }""",
        "is wrong in line 1: accounts[0].jwks is a number; it has to be a key set, or a text that names where one is, such as file:/etc/coffer/keys.json")]
    [InlineData("""{ "buckets": [ { "name": "b", "public": "yes" } ] }""", "is wrong in line 1: buckets[0].public is a text; it has to be true or false, without quotes")]
    [InlineData("""{ "buckets": [ { "name": "b", "fileSizeLimit": 1.5 } ] }""", "is wrong in line 1: buckets[0].fileSizeLimit is a number; it has to be a whole number, without quotes")]
    [InlineData("""{ "buckets": [ { "name": "b", "allowedMimeTypes": [ {} ] } ] }""", "is wrong in line 1: buckets[0].allowedMimeTypes[0] is an object; it has to be a text in quotes")]
    [InlineData("{\n\n \"acounts\": [] }", "is wrong in line 3: acounts is unknown; what may stand there is accounts, buckets, policies")]
    [InlineData("{ \"accounts\": [ { \"name\": \"b\", \"keys\": [ {\n\"tokn\": \"a-secret\" } ] } ] }",
        "is wrong in line 2: accounts[0].keys[0].tokn is unknown; what may stand there is token, right, label, subject")]
    [InlineData("{ \"accounts\": [ { \"name\": \"b\", \"keys\": [ { \"token\": \"a-secret\",\n\"right\": \"root\" } ] } ] }",
        "is wrong in line 2: accounts[0].keys[0].right is no right; it is service, authenticated or anon")]
    [InlineData("{ \"accounts\": [ { \"name\": \"b\", \"keys\": [ { \"token\": \"a-secret\",\n\"right\": 3 } ] } ] }",
        "is wrong in line 2: accounts[0].keys[0].right is a number; it has to be a text in quotes")]
    [InlineData("{ \"policies\": [ { \"preset\": \"open\", \"bucket\": \"a\" },\n { \"preset\": \"opn\", \"bucket\": \"a\" } ] }",
        "is wrong in line 2: policies[1].preset is 'opn'; presets are public-read, authenticated-upload, own-folder, owner-only, open")]
    [InlineData("{ \"policies\": [ {\n \"name\": \"a\",\n \"operations\": [\"read\"], \"bucket\": \"a\" } ] }",
        "is wrong in line 3: policies[0].operations holds 'read'; operations are select, insert, update and delete")]
    [InlineData("""{ "policies": [ 5 ] }""",
        """is wrong in line 1: policies[0] is a number; it has to be an object, such as { "preset": "own-folder", "bucket": "avatars" }""")]
    public async Task What_is_wrong_in_the_file_is_said_in_plain_words_with_its_place(string content, string said)
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, content);

        (int exitCode, string output) = await server.RunToEndAsync(("COFFER_BOOTSTRAP", file));

        Assert.Equal((2, $"coffer: the bootstrap file {file} {said}\n"), (exitCode, output));
        Assert.False(Path.Exists(server.Data)); // nothing was begun
    }

    [Fact]
    public async Task A_file_that_begins_with_a_byte_order_mark_is_read()
    {
        await using CofferProcess server = Prepare(out string file);
        await File.WriteAllTextAsync(file, Account("team-b", First), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));

        (await server.Api.WithKey(First).GetAsync("/v1/objects")).Expect(200);
    }

    [Fact]
    public async Task A_file_that_is_missing_stops_the_start()
    {
        await using CofferProcess server = Prepare(out _);

        (int exitCode, string output) = await server.RunToEndAsync(("COFFER_BOOTSTRAP", "/no/such/bootstrap.json"));

        Assert.Equal(2, exitCode);
        Assert.Contains("/no/such/bootstrap.json", Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_service_key_than_last_time_revokes_the_former()
    {
        const string other = Canary.Mark + "-another-service-key-000003";
        await using CofferProcess server = await CofferProcess.StartAsync();
        string id = await server.Api.StoreAsync("bytes");

        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_API_KEY", other));
        Assert.Equal("bytes", (await server.Api.WithKey(other).DownloadAsync(id)).Text);
        (await server.Api.RetrieveAsync(id)).ExpectError(401, "not_authenticated");

        await server.StopAsync();
        await server.StartAgainAsync();
        (await server.Api.RetrieveAsync(id)).Expect(200);
        (await server.Api.WithKey(other).RetrieveAsync(id)).Expect(401);
    }

    [Fact]
    public async Task A_service_key_that_was_made_and_then_revoked_is_replaced_at_the_next_start()
    {
        await using CofferProcess server = await CofferProcess.StartAsync(new ServerSetup().With("COFFER_API_KEY", null));
        Api first = server.Api.WithKey(ApiKeyIn(server));
        string id = await first.StoreAsync("bytes");
        string firstId = (await first.GetAsync("/admin/v1/keys")).Json.Items("keys").Single(key => key.Flag("is_current")).Text("id")!;
        (await first.DeleteAsync($"/admin/v1/keys/{firstId}")).Expect(200);

        await server.StopAsync();
        await server.StartAgainAsync();

        string second = ApiKeyIn(server);
        Assert.NotEqual(first.Token, second);
        Assert.Equal("bytes", (await server.Api.WithKey(second).DownloadAsync(id)).Text);
        (await first.RetrieveAsync(id)).Expect(401);
        Assert.Contains($"The service key {firstId} was revoked, so a new one was made", server.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(second, server.Log, StringComparison.Ordinal);

        await server.StopAsync();
        await server.StartAgainAsync();
        Assert.Equal(second, ApiKeyIn(server)); // made once, and again only when that one is revoked too
        Assert.Single(server.Log.Split('\n'), line => line.Contains("so a new one was made", StringComparison.Ordinal));

        string secondId = (await server.Api.WithKey(second).GetAsync("/admin/v1/keys")).Json.Items("keys").Single(key => key.Flag("is_current")).Text("id")!;
        (await server.Operator.DeleteAsync($"/admin/v1/keys/{secondId}")).Expect(200);
        await server.StopAsync();
        await server.StartAgainAsync();
        Assert.Equal(3, new[] { first.Token, second, ApiKeyIn(server) }.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("bytes", (await server.Api.WithKey(ApiKeyIn(server)).DownloadAsync(id)).Text);
    }

    [Fact]
    public async Task A_configured_service_key_that_was_revoked_stops_the_start_and_says_what_to_do()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string id = (await server.Api.GetAsync("/admin/v1/keys")).Json.Items("keys").Single(key => key.Flag("is_current")).Text("id")!;
        (await server.Api.DeleteAsync($"/admin/v1/keys/{id}")).Expect(200);
        await server.StopAsync();

        (int exitCode, string output) = await server.RunToEndAsync();

        Assert.Equal(2, exitCode);
        Assert.Equal(
            "coffer: the configured service key (COFFER_API_KEY, --api-key or ApiKey in coffer.json) was revoked by hand and stays revoked; "
            + "set another one, for example $(openssl rand -hex 24), or none to have one made",
            Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !line.StartsWith('{')));
        await server.StartAgainAsync(("COFFER_API_KEY", null)); // as it says
        (await server.Api.WithKey(ApiKeyIn(server)).GetAsync("/v1/objects")).Expect(200);
    }

    [Fact]
    public async Task Secrets_may_stand_in_files()
    {
        await using CofferProcess server = CofferProcess.Make();
        string keyFile = Path.Combine(server.Folder, "key");
        await File.WriteAllTextAsync(keyFile, Second + "\n");

        await server.StartAgainAsync(("COFFER_API_KEY", null), ("COFFER_API_KEY_FILE", keyFile));

        (await server.Api.WithKey(Second).GetAsync("/v1/objects")).Expect(200);
    }

    [Fact]
    public async Task What_is_not_configured_is_made_once_and_kept_for_its_owner_only()
    {
        await using CofferProcess server = CofferProcess.Make(new ServerSetup()
            .With("COFFER_API_KEY", null).With("COFFER_OPERATOR_KEY", null).With("COFFER_SIGNING_KEY", null).With("COFFER_JWT_SECRET", null));
        await server.StartAgainAsync();
        string credentials = Path.Combine(server.Data, "credentials.json");
        string first = await File.ReadAllTextAsync(credentials);
        JsonElement json = JsonSerializer.Deserialize<JsonElement>(first);
        Api api = server.Api.WithKey(json.Text("api_key"));
        server.Handed.Add(json.Text("api_key")!);
        server.Handed.Add(json.Text("operator_key")!);

        string id = await api.StoreAsync("bytes");
        string url = await api.DownloadUrlAsync(id);
        (await api.WithKey(json.Text("operator_key")).GetAsync("/admin/v1/accounts")).Expect(200);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(credentials));
        }

        await server.KillAsync();
        await server.StartAgainAsync();
        Assert.Equal(first, await File.ReadAllTextAsync(credentials));
        Assert.Equal("bytes", (await api.GetAsync(url)).Expect(200).Text);
        Assert.All(server.Handed.Secrets, secret => Assert.DoesNotContain(secret, server.Log, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Policies_of_the_file_come_and_go_with_it()
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, """
            { "policies": [ { "preset": "own-folder", "bucket": "a" }, { "account": "default", "name": "b", "operations": ["select"], "bucket": "*" } ] }
            """);
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));
        JsonElement listed = (await server.Api.GetAsync("/admin/v1/policies")).Expect(200).Json;
        Assert.Equal(["own-folder: a", "b"], listed.Items("managed").Select(name => name.GetString()));
        (await server.Api.SendAsync("PUT", "/admin/v1/policies", new StringContent("""{"policies":[{"preset":"open","bucket":"c"}]}"""))).Expect(200);

        await WriteAsync(file, """{ "policies": [ { "preset": "own-folder", "bucket": "a" } ] }""");
        await server.StopAsync();
        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));

        listed = (await server.Api.GetAsync("/admin/v1/policies")).Expect(200).Json;
        Assert.Equal(["own-folder: a", "open: c", "open-bucket: c"], listed.Items("policies").Select(policy => policy.Text("name")));
        await server.StopAsync();
    }

    [Fact]
    public async Task A_bucket_that_a_policy_of_the_file_names_and_that_is_not_there_is_logged()
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, """
            { "buckets": [ { "name": "there" } ],
              "policies": [ { "preset": "own-folder", "bucket": "there" }, { "preset": "open", "bucket": "avatras" }, { "preset": "public-read", "bucket": "objects" } ] }
            """);

        await server.StartAgainAsync(("COFFER_BOOTSTRAP", file));

        string warning = Assert.Single(server.Log.Split('\n'), line => line.Contains("which does not exist", StringComparison.Ordinal));
        Assert.Contains("\"level\":\"warning\"", warning, StringComparison.Ordinal);
        Assert.Contains("A policy of account default in the bootstrap file names the bucket avatras, which does not exist", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_of_the_file_takes_no_name_that_another_is_shown_as()
    {
        await using CofferProcess server = Prepare(out string file);
        await WriteAsync(file, """{ "buckets": [ { "account": "default", "name": "photos" } ] }""");
        await server.StartAgainAsync();
        (await server.Api.PostAsync("/bucket", new { id = "b", name = "photos" })).Expect(200);
        await server.StopAsync();

        (int exitCode, string output) = await server.RunToEndAsync(("COFFER_BOOTSTRAP", file));

        Assert.Equal(2, exitCode);
        Assert.Contains("another bucket of the account 'default' is shown as 'photos' already", output, StringComparison.Ordinal);
    }

    private static string ApiKeyIn(CofferProcess server)
    {
        string key = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(server.Data, "credentials.json"))).Text("api_key")!;
        server.Handed.Add(key);
        return key;
    }

    private static CofferProcess Prepare(out string file)
    {
        CofferProcess server = CofferProcess.Make();
        file = Path.Combine(server.Folder, "bootstrap.json");
        return server;
    }

    private static string Account(string name, params string[] tokens) => JsonSerializer.Serialize(
        new { accounts = new[] { new { name, keys = tokens.Select(token => new { token, right = "service" }) } } });

    private static Task WriteAsync(string file, string content) => File.WriteAllTextAsync(file, content);

    private static async Task<string> KeysAsync(CofferProcess server) => string.Join(
        '\n', (await server.Operator.GetAsync("/admin/v1/keys")).Json.Items("keys").Select(key => $"{key.Text("id")} {key.Text("account")} {key.Number("revoked_at_ms")}"));
}
