using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary><c>coffer policy</c>: rules in, out, tested, and refusals explained.</summary>
public sealed class PolicyTests(SharedServer server) : IAsyncLifetime
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
    public async Task Rules_go_in_and_come_out_as_a_file()
    {
        Assert.Equal("own-folder: avatars", (await Line.RunAsync("policy", "set", "--preset", "own-folder", "--bucket", "avatars")).Expect().Line);
        string file = Path.Combine(Line.Folder, "policies.json");
        await File.WriteAllTextAsync(file, (await Line.RunAsync("policy", "show", "--json")).Expect().Output);

        Assert.Equal("open: b", (await Line.RunAsync("policy", "set", "--preset", "open", "--bucket", "b", "--replace")).Expect().Lines[0]);
        (await Line.RunAsync("policy", "set", file, "--replace")).Expect();
        (await Line.RunAsync("policy", "remove", "own-folder: avatars")).Expect();
        (await Line.RunAsync(await File.ReadAllBytesAsync(file), "policy", "set", "-")).Expect(); // piped in

        Assert.Equal("own-folder: avatars", (await Line.RunAsync("policy", "show")).Expect().Line);
        (await Line.RunAsync("policy", "remove", "unknown")).Expect(1);
        Assert.Equal(1, (await Line.RunAsync("policy", "remove", "own-folder: avatars", "--json")).Expect().Json.Number("removed"));
        Assert.Equal("", (await Line.RunAsync("policy", "show")).Expect().Output);
    }

    [Fact]
    public async Task A_test_ends_with_the_answer()
    {
        (await Line.RunAsync("policy", "set", "--preset", "own-folder", "--bucket", "avatars")).Expect();

        string[] call = ["policy", "test", "avatars", "u1/a.png", "--verb", "insert", "--verb", "select", "--role", "authenticated", "--subject"];
        Assert.Equal("allowed", (await Line.RunAsync([.. call, "u1"])).Expect().Line);
        CommandLine.Ended refused = (await Line.RunAsync([.. call, "u2"])).Expect(1);
        Assert.Equal(("refused", ""), (refused.Line, refused.Errors));
        JsonElement told = (await Line.RunAsync([.. call, "u2", "--json"])).Expect(1).Json;
        Assert.Equal("own-folder: avatars", told.Items("verdicts")[0].Items("rules")[0].Text("name"));
        Assert.Single(told.Items("suggested"));
    }

    [Fact]
    public async Task A_refusal_is_explained()
    {
        JsonElement key = (await Line.RunAsync("key", "create", "--right", "authenticated", "--subject", "ann", "--json")).Expect().Json;
        await File.WriteAllTextAsync(Path.Combine(Line.Folder, "a.txt"), "text");
        CommandLine.Ended refused = (await Line.RunAsync("put", "a.txt", "--key", key.Text("token")!)).Expect(1);
        string id = refused.Errors.Split('`')[1].Split(' ')[3];
        Assert.Contains($"`coffer policy explain {id}` tells why", refused.Errors, StringComparison.Ordinal);

        CommandLine.Ended told = (await Line.RunAsync("policy", "explain", id)).Expect();

        Assert.Contains("authenticated, user ann", told.Output, StringComparison.Ordinal);
        Assert.Contains("objects.create (insert)", told.Output, StringComparison.Ordinal);
        JsonElement json = (await Line.RunAsync("policy", "explain", id, "--json")).Expect().Json;
        await File.WriteAllTextAsync(Path.Combine(Line.Folder, "rule.json"), json.GetProperty("suggested").GetRawText());
        (await Line.RunAsync("policy", "set", "rule.json")).Expect();
        Assert.Equal(id, (await Line.RunAsync("policy", "explain", id, "--json", "--operator", "--key", Canary.OperatorKey)).Expect().Json.Text("id"));
        Assert.Contains("there is no such decision", (await Line.RunAsync("policy", "explain", "dec_unknown")).Expect(1).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_said_and_the_rule_is_taken()
    {
        (await Line.RunAsync("bucket", "create", "there")).Expect();
        string missing = $"missing-{Guid.NewGuid():N}";
        await File.WriteAllTextAsync(
            Path.Combine(Line.Folder, "p.json"),
            $$"""
            [
              { "name": "a", "operations": ["select"], "bucket": ["there", "{{missing}}"] },
              { "name": "b", "operations": ["insert"], "bucket": "{{missing}}", "table": "objects" },
              { "name": "c", "operations": ["insert", "select"], "bucket": "to be made", "table": "buckets" },
              { "name": "d", "operations": ["select"], "bucket": "*" }
            ]
            """);

        CommandLine.Ended set = (await Line.RunAsync("policy", "set", "p.json")).Expect();
        Assert.Equal(["a", "b", "c", "d"], set.Lines);
        Assert.Equal($"coffer: warning: there is no bucket '{missing}' yet, which the policies name; `coffer bucket list` shows what there is\n", set.Errors);
        JsonElement told = JsonSerializer.Deserialize<JsonElement>((await Line.RunAsync("policy", "set", "p.json", "--json")).Expect().Errors);
        Assert.Equal("unknown_bucket", told.GetProperty("warning").Text("code"));
        Assert.Contains(missing, told.GetProperty("warning").Text("message"), StringComparison.Ordinal);

        (await Line.RunAsync("bucket", "create", missing)).Expect();
        Assert.Equal("", (await Line.RunAsync("policy", "set", "p.json")).Expect().Errors);
    }

    [Theory]
    [InlineData("policy set")]
    [InlineData("policy set --preset open")]
    [InlineData("policy set file.json --preset open --bucket b")]
    [InlineData("policy remove")]
    [InlineData("policy remove a --all")]
    [InlineData("policy test b k --claims 5")]
    [InlineData("policy test b k --claims {")]
    public async Task What_makes_no_sense_is_a_usage_error(string line) => (await Line.RunAsync(line.Split(' '))).Expect(2);

    [Fact]
    public async Task A_wrong_rule_is_told_where()
    {
        await File.WriteAllTextAsync(Path.Combine(Line.Folder, "p.json"), """[{"name":"a","operations":["select"],"bucket":"*","when":{"nmae":"x"}}]""");

        Assert.Contains("policies[0].when names 'nmae'", (await Line.RunAsync("policy", "set", "p.json")).Expect(1).Errors, StringComparison.Ordinal);
    }
}
