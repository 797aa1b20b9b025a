using System.Text.RegularExpressions;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>What a person at a terminal sees, and a pipe does not.</summary>
public sealed partial class TerminalTests(SharedServer server) : IAsyncLifetime
{
    private const int Large = 30_000_000;
    private CommandLine? _opened;

    private CommandLine Line => _opened!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(RunCommand.Find("script") is null, "script is not installed: apt-get install bsdutils");
        _opened = await CommandLine.OnAsync(server.Process);
    }

    public ValueTask DisposeAsync()
    {
        _opened?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_listing_is_an_aligned_table()
    {
        await Line.Api!.StoreAsync("content", "short.txt");
        await Line.Api.StoreAsync(new byte[70_000], new { name = "evil\u202Ename", content_type = "binary", is_public = true });

        string[] lines = Plain(await Line.OnTerminalAsync("", "ls"));

        Assert.Equal(3, lines.Length);
        Assert.Matches("^ID +SIZE +STATE +CREATED \\((UTC|LOCAL)\\) +EXPIRES +ACCESS +NAME$", lines[0]);
        Assert.Matches("^obj_\\w+  68.4 KiB +READ_ONLY +\\S+ \\S+ +- +public +evil\\?name$", lines[1]);
        Assert.Matches("^obj_\\w+  7 B +READ_ONLY +\\S+ \\S+ +- +private +short.txt$", lines[2]);
        Assert.Equal(lines[0].IndexOf("NAME", StringComparison.Ordinal), lines[2].IndexOf("short", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_terminal_is_told_that_there_is_more()
    {
        await Line.Api!.CreateAsync();
        await Line.Api.CreateAsync();

        Assert.Contains("There are more; `coffer ls --all` shows them all", (await Line.OnTerminalAsync("", "ls", "--limit", "1")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("There are more", (await Line.OnTerminalAsync("", "ls", "--limit", "2")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_shows_amount_and_rate_on_a_terminal_and_goes_away()
    {
        Line.Write("big.bin", new byte[Large]);

        CommandLine.Ended put = (await Line.OnTerminalAsync("", "put", "big.bin")).Expect();
        string id = ObjectId().Match(put.Output).Value;
        CommandLine.Ended got = (await Line.OnTerminalAsync("", "get", id, "-o", "back.bin")).Expect();

        Assert.Matches("big\\.bin .*of 28\\.6 MiB", put.Output);
        Assert.Matches("back\\.bin .*of 28\\.6 MiB", got.Output);
        Assert.Matches("Saved +back.bin\n", got.Output);
        Assert.Contains("\u001b[2K", put.Output, StringComparison.Ordinal); // the bar was taken away again
    }

    [Fact]
    public async Task Nothing_is_drawn_when_piped_or_told_to_be_quiet()
    {
        Line.Write("big.bin", new byte[Large]);

        CommandLine.Ended piped = (await Line.RunAsync("put", "big.bin")).Expect();
        CommandLine.Ended quiet = (await Line.OnTerminalAsync("", "put", "big.bin", "--quiet")).Expect();

        Assert.Equal("", piped.Errors);
        Assert.Matches("^obj_\\w+\n$", piped.Output);
        Assert.Matches("^obj_\\w+$", Assert.Single(Plain(quiet)));
    }

    [Fact]
    public async Task A_small_file_is_over_before_a_bar_could_be_read()
    {
        Line.Write("small.txt", "a");

        Assert.DoesNotContain(" of 1 B", (await Line.OnTerminalAsync("", "put", "small.txt")).Expect().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_small_files_share_one_bar()
    {
        string[] files = [.. Enumerable.Range(1, 12).Select(n => Line.Write($"small-{n}.txt", "a"))];
        Line.Write("big.bin", new byte[Large]);

        string many = (await Line.OnTerminalAsync("", ["put", .. files, "big.bin"])).Expect().Output;
        string few = (await Line.OnTerminalAsync("", ["put", .. files[..9]])).Expect().Output;

        string drawn = many[..many.IndexOf("obj_", StringComparison.Ordinal)];
        Assert.Matches("small files .* of 12", drawn);
        Assert.DoesNotContain("small-1", drawn, StringComparison.Ordinal);
        Assert.Matches("big\\.bin .*of 28\\.6 MiB", drawn);
        Assert.DoesNotContain("small files", few, StringComparison.Ordinal);
        Assert.DoesNotContain("small-1.txt", few[..few.IndexOf("ID ", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Times_say_whose_clock_they_are_of()
    {
        string id = await Line.Api!.StoreAsync("a");

        Assert.Contains("CREATED (UTC)", (await Line.Set("TZ", "UTC").OnTerminalAsync("", "ls")).Expect().Output, StringComparison.Ordinal);
        Assert.Matches(@"Created +\d+-\d+-\d+ \d+:\d+ \+00:00\n", (await Line.OnTerminalAsync("", "stat", id)).Expect().Output);
        Assert.SkipUnless(File.Exists("/usr/share/zoneinfo/Asia/Kolkata"), "time zones are not installed: apt-get install tzdata");
        Assert.Contains("CREATED (LOCAL)", (await Line.Set("TZ", "Asia/Kolkata").OnTerminalAsync("", "ls")).Expect().Output, StringComparison.Ordinal);
        Assert.Matches(@"Created +\d+-\d+-\d+ \d+:\d+ \+05:30\n", (await Line.OnTerminalAsync("", "stat", id)).Expect().Output);
    }

    [Fact]
    public async Task A_dry_run_tells_how_much_it_would_delete()
    {
        await Line.Api!.StoreAsync("abc", "tmp-1");
        string id = await Line.Api.StoreAsync("abcd", "tmp-2");

        Assert.Contains(
            "This was a dry run: nothing was deleted of 2 objects (7 B).\n", (await Line.OnTerminalAsync("", "rm", "--name", "tmp-", "--dry-run")).Expect().Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "nothing was deleted of 1 object (4 B).\n", (await Line.OnTerminalAsync("", "rm", id, "--dry-run")).Expect().Output, StringComparison.Ordinal);
        Assert.Contains("Deleted 1 object for good.\n", (await Line.OnTerminalAsync("", "rm", id)).Expect().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Colours_are_left_out_on_request()
    {
        Line.Write("big.bin", new byte[Large]);

        Assert.Matches(Colour(), (await Line.OnTerminalAsync("", "put", "big.bin")).Expect().Output);
        Line.Set("NO_COLOR", "1");
        Assert.DoesNotMatch(Colour(), (await Line.OnTerminalAsync("", "put", "big.bin")).Expect().Output);
    }

    [Fact]
    public async Task Rm_by_filter_asks_at_a_terminal()
    {
        await Line.Api!.StoreAsync("a", "tmp-1");
        await Line.Api.StoreAsync("a", "tmp-2");

        CommandLine.Ended no = (await Line.OnTerminalAsync("n\n", "rm", "--name", "tmp-")).Expect(1);
        Assert.Contains("Delete 2 objects (2 B) for good? [y/N]", no.Output, StringComparison.Ordinal);
        Assert.Contains("coffer: nothing was deleted; answer y, or add --yes", no.Output, StringComparison.Ordinal);
        Assert.Equal(2, await Line.Api.CountAsync());

        (await Line.OnTerminalAsync("y\n", "rm", "--name", "tmp-")).Expect();
        Assert.Equal(0, await Line.Api.CountAsync());
    }

    [Fact]
    public async Task A_new_key_comes_with_the_advice_to_keep_it()
    {
        CommandLine.Ended made = (await Line.OnTerminalAsync("", "key", "create", "--label", "ci")).Expect();

        Assert.Matches("Token +\\S{20,}", made.Output);
        Assert.Contains("are shown only now; keep them.", made.Output, StringComparison.Ordinal);
    }

    private static string[] Plain(CommandLine.Ended ended) =>
        Escapes().Replace(ended.Expect().Output, "").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\e(\[[0-9;?]*[A-Za-z]|[=>])", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Escapes();

    [GeneratedRegex(@"\e\[[0-9;]*[0-9]m", RegexOptions.NonBacktracking)]
    private static partial Regex Colour();

    [GeneratedRegex("obj_[a-z0-9]+", RegexOptions.NonBacktracking)]
    private static partial Regex ObjectId();
}
