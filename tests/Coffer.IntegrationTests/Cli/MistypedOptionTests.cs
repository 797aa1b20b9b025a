using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>An option that does not exist stops the command before it does anything; what is really called so has a way in.</summary>
public sealed class MistypedOptionTests(SharedServer server) : IAsyncLifetime
{
    private CommandLine? _opened;

    private CommandLine Line => _opened!;

    private Api Api => Line.Api!;

    public async ValueTask InitializeAsync() => _opened = await CommandLine.OnAsync(server.Process);

    public ValueTask DisposeAsync()
    {
        Line.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("rm", "{id}", "--dryrun"), InlineData("rm", "--dryrun", "{id}"), InlineData("rm", "{id}", "-n")]
    [InlineData("publish", "--dry-run", "{id}"), InlineData("unpublish", "{id}", "--quite")]
    [InlineData("put", "a.txt", "--tll", "30d"), InlineData("put", ".", "--dry-run"), InlineData("put", "a.txt", "-public")]
    public async Task It_stops_the_command(params string[] arguments)
    {
        Line.Write("a.txt", "a");
        string id = await Api.StoreAsync(isPublic: true);
        string before = (await Api.RetrieveAsync(id)).Text;

        CommandLine.Ended refused = (await Line.RunAsync([.. arguments.Select(word => word.Replace("{id}", id, StringComparison.Ordinal))])).Expect(2);

        Assert.StartsWith("coffer: unrecognized option '-", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("", refused.Output);
        Assert.Equal(before, (await Api.RetrieveAsync(id)).Text);
        Assert.Equal(1, await Api.CountAsync());
    }

    [Fact]
    public async Task It_stops_a_revocation()
    {
        JsonElement made = (await Line.RunAsync("key", "create", "--json")).Expect().Json;

        (await Line.RunAsync("key", "revoke", made.Text("id")!, "--acount", "team-b"))
            .ExpectError(2, "unrecognized option '--acount'; did you mean --account? see `coffer key revoke --help`");

        (await Line.RunAsync("ls", "--key", made.Text("token")!)).Expect();
    }

    [Fact]
    public async Task A_file_that_is_really_called_so_is_named_behind_two_dashes_or_with_its_folder()
    {
        Line.Write("--tll", "one");
        Line.Write("-x", "two");

        CommandLine.Ended put = (await Line.RunAsync("put", "./-x", "--", "--tll")).Expect();

        Assert.Equal(["two", "one"], await Task.WhenAll(put.Lines.Select(async id => (await Line.RunAsync("cat", id)).Expect().Output)));
    }
}
