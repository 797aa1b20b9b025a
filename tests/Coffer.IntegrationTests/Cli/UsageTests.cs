using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>What the command says before any server is asked.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly CommandLine _line = CommandLine.Bare();

    public void Dispose() => _line.Dispose();

    private static readonly string[] Verbs =
    [
        "serve", "put", "get", "cat", "ls", "stat", "url", "publish", "unpublish", "rm", "key create", "key list", "key revoke",
        "account create", "account list", "reap", "compact",
    ];

    [Fact]
    public async Task Every_verb_explains_itself_with_lines_to_copy()
    {
        foreach (string verb in Verbs)
        {
            CommandLine.Ended help = (await _line.RunAsync([.. verb.Split(' '), "--help"])).Expect();

            Assert.Contains($"Examples:\n  coffer {verb}", help.Output, StringComparison.Ordinal);
            Assert.Equal("", help.Errors);
        }
    }

    [Fact]
    public async Task The_help_of_the_command_names_every_verb()
    {
        CommandLine.Ended help = (await _line.RunAsync("--help")).Expect();

        Assert.All(Verbs, verb => Assert.Contains($"\n  {verb.Split(' ')[0]} ", help.Output, StringComparison.Ordinal));
        Assert.Contains("coffer put report.pdf --ttl 30d", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_a_number_without_a_commit() =>
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", (await _line.RunAsync("--version")).Expect().Output);

    [Fact]
    public async Task Serve_takes_every_setting_as_a_flag()
    {
        string help = (await _line.RunAsync("serve", "--help")).Expect().Output;

        foreach (string flag in (string[])["--data", "--urls", "--inline-max-bytes", "--api-key", "--api-key-file", "--cors-origins"])
        {
            Assert.Contains($" {flag} <", help, StringComparison.Ordinal);
        }

        Assert.DoesNotMatch("--(url|key|json|quiet) ", help); // what it has no use for
    }

    [Theory]
    [InlineData("help", "--help"), InlineData("help put", "put --help"), InlineData("help key create", "key create --help")]
    public async Task Help_is_a_word_too(string words, string options) => Assert.Equal(
        (await _line.RunAsync(options.Split(' '))).Expect().Output, (await _line.RunAsync(words.Split(' '))).Expect().Output);

    [Theory]
    [InlineData("there is no command 'putt'; see `coffer --help`", "putt", "x")]
    [InlineData("required argument 'file' missing for command: 'put'; see `coffer put --help`", "put")]
    [InlineData("there is no command 'putt'; see `coffer --help`", "putt", "--x")]
    [InlineData("unrecognized option '--wrong'; see `coffer ls --help`", "ls", "--wrong")]
    [InlineData("unrecognized option '--dryrun'; did you mean --dry-run? see `coffer rm --help`", "rm", "obj_x", "--dryrun")]
    [InlineData("unrecognized option '--dry-run'; see `coffer publish --help`", "publish", "--dry-run", "obj_x")]
    [InlineData("unrecognized option '--dry-run'; see `coffer put --help`", "put", ".", "--dry-run")]
    [InlineData("unrecognized option '--unused'; did you mean --unused-for? see `coffer ls --help`", "ls", "--unused=30d")]
    [InlineData("unrecognized option '--kye'; did you mean --key? see `coffer get --help`", "get", "x", "--kye=a-secret")]
    [InlineData("unrecognized option '-'; see `coffer rm --help`", "rm", "-")]
    [InlineData("unrecognized option '--foo'; see `coffer key --help`", "key", "--foo")]
    [InlineData("unrecognized command or argument '-x'; see `coffer account list --help`", "account", "list", "--", "-x")]
    [InlineData("serve listens on --urls; --url is for the other verbs", "serve", "--url", "http://127.0.0.1:8585")]
    [InlineData("serve takes its service key from --api-key; --key is for the other verbs", "serve", "--key", "k")]
    [InlineData("serve has no --quiet; where stderr is no terminal, it prints its log and nothing else", "-q", "serve")]
    [InlineData("--ttl '3' is no duration; write for example 30s, 15m, 12h or 30d", "put", "x", "--ttl", "3")]
    [InlineData("--ttl 20000d is too long; at most 3650d", "put", "x", "--ttl", "20000d")]
    [InlineData(
        "a link lives at most 7d; write --expires 7d, or open it for good: an object with `coffer publish`, a bucket with `coffer bucket update --public`",
        "url", "x", "--expires", "30d")]
    [InlineData(
        "'web/a.txt' is an address, and an id is wanted; for files of buckets there are `coffer ls`, `cat`, `cp web/a.txt ./`, `url` and `rm`",
        "get", "web/a.txt")]
    [InlineData(
        "'web/a.txt' is an address, and an id is wanted; for files of buckets there are `coffer ls`, `cat`, `cp web/a.txt ./`, `url` and `rm`",
        "publish", "web/a.txt")]
    [InlineData("'web/site/' is a folder; add --recursive to delete all that lies below it", "rm", "web/site/")]
    [InlineData("a link lives at most 7d; write --expires 7d, or open it for good: an object with `coffer publish`, a bucket with `coffer bucket update --public`", "url", "x", "--expires", "7.01d")]
    [InlineData("--expires 0s is no time at all; write for example --expires 15m", "url", "x", "--expires", "0s")]
    [InlineData("--state deleted chooses what is deleted already; choose another state", "rm", "--state", "deleted")]
    [InlineData("'files.example:8484' (from --url) has no scheme; write https://files.example:8484 or http://files.example:8484", "ls", "--url", "files.example:8484")]
    [InlineData("--expires '1w' is no duration; write for example 30s, 15m, 12h or 30d", "url", "x", "--expires", "1w")]
    [InlineData("--larger-than 'big' is no size; write for example 64KiB, 10MB or 1.5GB", "ls", "--larger-than", "big")]
    [InlineData("--state 'gone' is no state; write uploading, read_only, deleted or error", "ls", "--state", "gone")]
    [InlineData("--limit '0' is no positive number; write for example --limit 100", "ls", "--limit", "0")]
    [InlineData("--limit and --all exclude each other; keep one of them", "ls", "--limit", "5", "--all")]
    [InlineData("--meta 'apollo' is no pair; write for example --meta project=apollo", "put", "x", "--meta", "a=b", "--meta", "apollo")]
    [InlineData("--name names one object, but there are several files; put them one by one", "put", "x", "y", "--name", "z")]
    [InlineData("- stands for what is piped in, and can only be read once; keep one of them", "put", "-", "-")]
    [InlineData("nothing to delete; give ids, or filters as for `coffer ls`", "rm")]
    [InlineData("ids and filters exclude each other; give the ids, or the filters", "rm", "obj_x", "--public")]
    [InlineData("filters may choose a lot; look with --dry-run, then add --yes", "rm", "--all")]
    [InlineData(
        "no API key for http://127.0.0.1:8484; set COFFER_API_KEY, or name the data folder of a server on this machine with --data or COFFER_DATA",
        "ls")]
    [InlineData(
        "no operator key for http://127.0.0.1:8484; set COFFER_OPERATOR_KEY, or name the data folder of a server on this machine with "
        + "--data or COFFER_DATA",
        "account", "list")]
    [InlineData("'public' is no object's id; see `coffer get --help`", "get", "public", "--key", "k")]
    [InlineData("'public' is no object's id; see `coffer stat --help`", "stat", "public", "--key", "k")]
    [InlineData("'list_public' is no object's id; see `coffer url --help`", "url", "list_public", "--key", "k")]
    [InlineData(
        "the API key holds a line break or another character that no header can carry; the address is from --url, the key from --key",
        "ls", "--url", "http://127.0.0.1:1", "--key", "größe")]
    [InlineData(
        "the base URL must be absolute, http or https, without query, fragment or user name; the address is from --url, the key from --key",
        "ls", "--url", "http://127.0.0.1:1/?a=b", "--key", "k")]
    [InlineData("'nowhere' (from --url) is no address; write for example http://127.0.0.1:8484", "ls", "--url", "nowhere", "--key", "k")]
    public async Task A_wrong_command_line_is_one_line_and_exit_2(string message, params string[] arguments)
    {
        CommandLine.Ended refused = await _line.RunAsync(arguments);

        refused.ExpectError(2, message);
        Assert.Equal("", refused.Output);
    }

    [Theory]
    [InlineData]
    [InlineData("key")]
    [InlineData("account")]
    public async Task No_verb_shows_the_help_on_stderr(params string[] arguments)
    {
        CommandLine.Ended refused = (await _line.RunAsync(arguments)).Expect(2);

        Assert.Contains("Commands:", refused.Errors, StringComparison.Ordinal);
        Assert.Equal("", refused.Output);
    }

    [Fact]
    public async Task A_name_that_begins_with_an_at_sign_is_a_name()
    {
        _line.Set("COFFER_API_KEY", "k");

        CommandLine.Ended refused = await _line.RunAsync("put", "@options");

        refused.ExpectError(1, "there is no file or directory '@options'; check the path");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_said_at_once()
    {
        CommandLine.Ended refused = await _line.RunAsync("ls", "--url", "http://127.0.0.1:1", "--key", "k");

        refused.ExpectError(
            1,
            "cannot reach http://127.0.0.1:1 (connection refused); is the server running? Start it with `coffer serve`, or set COFFER_URL "
            + "(the address is from --url)");
    }

    [Fact]
    public async Task An_error_in_json_has_one_shape()
    {
        CommandLine.Ended unreachable = (await _line.RunAsync("ls", "--json", "--url", "http://127.0.0.1:1", "--key", "k")).Expect(1);
        CommandLine.Ended usage = (await _line.RunAsync("get", "--json")).Expect(2);

        Assert.Equal("", unreachable.Output);
        Assert.Equal("connection_failed", unreachable.Error.Text("code"));
        Assert.Equal("usage", usage.Error.Text("code"));
        foreach (JsonElement error in (JsonElement[])[unreachable.Error, usage.Error])
        {
            Assert.Equal(["message", "code", "status", "request_id"], error.EnumerateObject().Select(static property => property.Name));
            Assert.Equal(JsonValueKind.Null, error.GetProperty("status").ValueKind);
        }
    }

    [Fact]
    public async Task The_help_loads_nothing_of_the_server()
    {
        _line.Set("DOTNET_STARTUP_HOOKS", null);

        // The runtime maps an assembly when it loads it: what is not mapped was not loaded.
        CommandLine.Ended help = await _line.ShellAsync("strace -f -qq -e trace=openat coffer --help 2>&1 | grep -v ENOENT");
        if (RunCommand.Find("strace") is null)
        {
            Assert.Skip("strace is not installed: apt-get install strace");
        }

        Assert.Contains("System.CommandLine.dll", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Coffer.Server.dll", help.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"Microsoft\.AspNetCore[^\n]*\.dll", help.Output);
        Assert.DoesNotContain("Spectre.Console.dll", help.Output, StringComparison.Ordinal);
    }
}
