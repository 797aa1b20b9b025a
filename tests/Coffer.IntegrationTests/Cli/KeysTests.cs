using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>Keys and accounts, and what a wrong key is told.</summary>
public sealed class KeysTests(SharedServer server) : IAsyncLifetime
{
    private CommandLine? _opened;

    private CommandLine Line => _opened!;

    public async ValueTask InitializeAsync() => _opened = await CommandLine.OnAsync(server.Process);

    public ValueTask DisposeAsync()
    {
        Line.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_new_key_works_until_it_is_revoked()
    {
        JsonElement made = (await Line.RunAsync("key", "create", "--label", "ci", "--subject", "robot", "--json")).Expect().Json;
        string id = made.Text("id")!;
        Assert.Equal(("service", "ci", "robot"), (made.Text("right"), made.Text("label"), made.Text("subject")));
        (await Line.RunAsync("ls", "--key", made.Text("token")!)).Expect();
        (await Line.RunAsync("ls", "--key", made.Text("jwt")!)).Expect();

        CommandLine.Ended list = (await Line.RunAsync("key", "list", "--json")).Expect();
        JsonElement listed = Assert.Single(list.Json.EnumerateArray(), key => key.Text("id") == id);
        Assert.True(listed.IsNullOrAbsent("revoked_at_ms"));
        Assert.DoesNotContain(made.Text("token")!, list.Output, StringComparison.Ordinal);

        Assert.Equal(id, (await Line.RunAsync("key", "revoke", id)).Expect().Line);
        (await Line.RunAsync("ls", "--key", made.Text("token")!)).Expect(1);
        (await Line.RunAsync("ls", "--key", made.Text("jwt")!)).Expect(1);
    }

    [Fact]
    public async Task The_key_in_use_is_not_revoked_by_accident()
    {
        JsonElement own = (await Line.RunAsync("key", "list", "--json")).Expect().Json.EnumerateArray().Single(key => key.Flag("is_current"));
        JsonElement other = (await Line.RunAsync("key", "create", "--json")).Expect().Json;
        string id = own.Text("id")!;

        (await Line.RunAsync("key", "revoke", other.Text("id")!, id)).ExpectError(
            2, $"{id} is the key that this command itself uses, from COFFER_API_KEY; switch to another one first, or add --yes");
        (await Line.RunAsync("ls", "--key", other.Text("token")!)).Expect(); // neither was revoked

        Assert.Equal(id, (await Line.RunAsync("key", "revoke", id, "--key", other.Text("token")!)).Expect().Line); // with another one
        Assert.Equal(other.Text("id"), (await Line.RunAsync("key", "revoke", other.Text("id")!, "--yes", "--key", other.Text("token")!)).Expect().Line);
        (await Line.RunAsync("ls", "--key", other.Text("token")!)).Expect(1);
    }

    [Theory]
    [InlineData("coffer_cAnArY-0123456789abcdef", "that is a token, not an id; `coffer key list` shows ids")]
    [InlineData("9e107d9d372bb6826bd81d3542a419d6", "that is no key's id; `coffer key list` shows ids")]
    [InlineData("My Bearer Token", "that is no key's id; `coffer key list` shows ids")]
    public async Task A_token_in_the_place_of_an_id_is_neither_sent_nor_shown(string token, string message)
    {
        using CommandLine bare = CommandLine.Bare().Set("COFFER_API_KEY", "k").Set("COFFER_URL", "http://127.0.0.1:1");
        string id = (await Line.RunAsync("key", "create", "--json")).Expect().Json.Text("id")!;

        (await bare.RunAsync("key", "revoke", token)).ExpectError(2, message); // where a call would fail otherwise
        (await Line.RunAsync("key", "revoke", id, token)).ExpectError(2, message);
        JsonElement listed = (await Line.RunAsync("key", "list", "--json")).Expect().Json;
        Assert.True(listed.EnumerateArray().Single(key => key.Text("id") == id).IsNullOrAbsent("revoked_at_ms"));
    }

    [Fact]
    public async Task A_pipe_gets_the_token_alone()
    {
        string token = (await Line.RunAsync("key", "create")).Expect().Line;

        (await Line.RunAsync("ls", "--key", token)).Expect();
    }

    [Fact]
    public async Task A_right_that_does_not_exist_is_refused_by_the_server()
    {
        CommandLine.Ended refused = (await Line.RunAsync("key", "create", "--right", "root", "--json")).Expect(1);

        Assert.Equal(400, refused.Error.Number("status"));
        Assert.NotEmpty(refused.Error.Text("request_id")!);
    }

    [Fact]
    public async Task The_operator_makes_accounts_and_keys_for_them()
    {
        string name = $"cli-{Guid.NewGuid():N}"[..20];
        Line.Set("COFFER_OPERATOR_KEY", Canary.OperatorKey);

        Assert.Equal(name, (await Line.RunAsync("account", "create", name)).Expect().Line);
        Assert.Contains(name, (await Line.RunAsync("account", "list")).Expect().Lines);
        string token = (await Line.RunAsync("key", "create", "--account", name)).Expect().Line;
        JsonElement keys = (await Line.RunAsync("key", "list", "--account", name, "--json")).Expect().Json;

        Assert.Equal(name, Assert.Single(keys.EnumerateArray()).Text("account"));
        (await Line.RunAsync("ls", "--key", token)).Expect();
        string keyId = keys[0].Text("id")!;
        Assert.Equal("key_not_found", (await Line.RunAsync("key", "revoke", keyId, "--account", "default", "--json")).Expect(1).Error.Text("code"));
        (await Line.RunAsync("ls", "--key", token)).Expect();
        Assert.Equal(keyId, (await Line.RunAsync("key", "revoke", keyId, "--account", name)).Expect().Line);
        (await Line.RunAsync("ls", "--key", token)).Expect(1);
        Assert.Equal(409, (await Line.RunAsync("account", "create", name, "--json")).Expect(1).Error.Number("status"));
    }

    [Fact]
    public async Task The_operator_lets_the_server_reap()
    {
        Line.Set("COFFER_OPERATOR_KEY", Canary.OperatorKey);

        Assert.False((await Line.RunAsync("reap", "--confirm", "--json")).Expect().Json.Flag("holding"));
        Assert.Matches("Removed +\\d+\nHolding +no\n", (await Line.RunAsync("reap")).Expect().Output);
    }

    [Fact]
    public async Task An_accounts_key_is_no_operators_key_nor_the_other_way_round()
    {
        Line.Set("COFFER_OPERATOR_KEY", Line.Api!.Token);

        (await Line.RunAsync("account", "list")).ExpectError(
            1, "accounts are the operator's: use the operator key (the key is from COFFER_OPERATOR_KEY)");
        (await Line.RunAsync("reap", "--confirm")).ExpectError(
            1, "reaping is the operator's: use the operator key (the key is from COFFER_OPERATOR_KEY)");
        (await Line.RunAsync("ls", "--key", Canary.OperatorKey)).ExpectError(
            1, "the operator has no objects: use a service key of the account (the key is from --key)");
        Line.Write("a.txt", "a");
        (await Line.RunAsync("put", "a.txt", "--key", Canary.OperatorKey)).ExpectError(
            1, "a.txt: this key may not write objects: use a key of the account (the key is from --key)");
    }

    [Fact]
    public async Task A_refusal_comes_with_the_hint_that_belongs_to_it()
    {
        string name = await server.Accounts.NewNameAsync();
        Line.Set("COFFER_OPERATOR_KEY", Canary.OperatorKey);

        (await Line.RunAsync("account", "create", name)).ExpectError(
            1, $"there is an account '{name}', or a bucket with its name, already; `coffer account list` shows what there is");
        (await Line.RunAsync("key", "create", "--account", "nope")).ExpectError(
            1, "there is no account 'nope'; `coffer account list` shows what there is");
        (await Line.RunAsync("key", "revoke", "019ab1de-0000-7000-8000-000000000000")).ExpectError(
            1, "019ab1de-0000-7000-8000-000000000000: there is no such key; `coffer key list` shows what there is");
        (await Line.RunAsync("key", "create", "--right", "root")).ExpectError(
            1, "--right is one of service, authenticated, anon; see `coffer key create --help`");

        string theirs = await (await server.Accounts.NewAsync()).StoreAsync(isPublic: true);
        (await Line.RunAsync("rm", theirs)).ExpectError(
            1, $"{theirs}: this object is another's: only its account, and whom a policy allows it, changes it; use a key of its account");

        Line.Write("a.txt", "a");
        const string Types = "--type is one of unspecified, text, binary, gzip, tar, tgz, or a media type such as text/csv";
        (await Line.RunAsync("put", "a.txt", "--type", "foo")).ExpectError(1, $"a.txt: {Types}; see `coffer put --help`");
        (await Line.RunAsync("ls", "--type", "foo")).ExpectError(1, $"{Types}; see `coffer ls --help`");
        string url = server.Process.BaseUrl.ToString();
        (await Line.RunAsync("ls", "--url", url.Replace("http://", "https://", StringComparison.Ordinal))).ExpectError(
            1,
            $"cannot reach https://127.0.0.1:{server.Process.Port} (no secure connection: cannot determine the frame size or a corrupted frame was "
            + "received); is it http? (the address is from --url)");
        (await Line.RunAsync("ls", "--url", url + "elsewhere")).ExpectError(
            1, $"there is nothing at this path: /openapi/v1.json describes what there is; is there a Coffer server at {url}elsewhere (from --url)?");
    }

    [Fact]
    public async Task A_wrong_key_is_named_by_its_source_and_never_shown()
    {
        const string Wrong = "wrong-key-that-nobody-may-see";
        Line.Set("COFFER_API_KEY", Wrong);

        CommandLine.Ended refused = (await Line.RunAsync("ls")).Expect(1);

        Assert.Equal(
            $"coffer: this key is unknown or revoked; the key is from COFFER_API_KEY, for {server.Process.BaseUrl.ToString().TrimEnd('/')}: "
            + "check both\n",
            refused.Errors);
        JsonElement error = (await Line.RunAsync("ls", "--json")).Expect(1).Error;
        Assert.Equal(401, error.Number("status"));
        Assert.DoesNotContain(Wrong, refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_is_said_once_for_many_files()
    {
        Line.Set("COFFER_API_KEY", "wrong");
        Line.Write("a", "a");
        Line.Write("b", "b");

        CommandLine.Ended refused = (await Line.RunAsync("put", "a", "b")).Expect(1);

        Assert.Single(refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("", refused.Output);
    }

    [Fact]
    public async Task The_data_folder_of_a_server_on_this_machine_is_enough()
    {
        await using CofferProcess other = await CofferProcess.StartAsync(
            new ServerSetup().With("COFFER_API_KEY", null).With("COFFER_OPERATOR_KEY", null));
        using CommandLine bare = CommandLine.Bare();
        bare.Write("a.txt", "a");

        string id = (await bare.RunAsync("put", "a.txt", "--data", other.Data)).Expect().Line;
        bare.Set("COFFER_DATA", other.Data);
        Assert.Equal(id, (await bare.RunAsync("ls")).Expect().Line);
        Assert.Equal("default", (await bare.RunAsync("account", "list")).Expect().Line);
    }
}
