using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>What a script learns when stdout takes no more: <c>/dev/full</c> stands for a full disk.</summary>
public sealed class OutputTests(SharedServer server)
{
    private const string Full = "the output cannot be written: no space left on device; check where it goes";
    private const string Closed = "the output cannot be written: stdout is closed; check where it goes";

    [Theory]
    [InlineData("cat {0}")]
    [InlineData("ls --json")]
    [InlineData("ls")]
    [InlineData("ls -q")]
    [InlineData("stat {0}")]
    [InlineData("stat {0} --json")]
    [InlineData("url {0}")]
    [InlineData("key create --label full")]
    [InlineData("key list --json")]
    [InlineData("publish {0} {0}")]
    [InlineData("--help")]
    [InlineData("ls --help")]
    [InlineData("serve --help")]
    [InlineData("--version")]
    public async Task A_full_disk_behind_stdout_is_a_failure_in_one_line(string arguments)
    {
        using CommandLine line = await CommandLine.OnAsync(server.Process);
        string id = await line.Api!.StoreAsync(Bytes.Random(100_000), new { name = "one", content_type = "binary" });

        CommandLine.Ended full = await line.ShellAsync($"coffer {arguments.Replace("{0}", id, StringComparison.Ordinal)} > /dev/full");

        if (arguments.Contains("--json", StringComparison.Ordinal))
        {
            Assert.Equal(Full, full.Expect(1).Error.GetProperty("message").GetString());
        }
        else
        {
            full.ExpectError(1, Full);
        }
    }

    [Theory]
    [InlineData("ls")]
    [InlineData("--help")]
    public async Task A_closed_stdout_is_a_failure_in_one_line(string arguments)
    {
        using CommandLine line = await CommandLine.OnAsync(server.Process);
        await line.Api!.StoreAsync("one");

        (await line.ShellAsync($"coffer {arguments} >&-")).ExpectError(1, Closed);
    }

    [Fact]
    public async Task What_does_not_fit_any_more_ends_a_listing()
    {
        using CommandLine line = await CommandLine.OnAsync(server.Process);
        for (int i = 0; i < 60; i++)
        {
            await line.Api!.StoreAsync("one", new string('n', 1000));
        }

        CommandLine.Ended full = await line.ShellAsync("coffer ls --all --json > /dev/full");

        Assert.Equal(Full, full.Expect(1).Error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task What_failed_before_the_output_did_is_said_too()
    {
        using CommandLine line = await CommandLine.OnAsync(server.Process);
        line.Write("here.txt", "here");

        CommandLine.Ended full = (await line.ShellAsync("coffer put missing.txt here.txt > /dev/full")).Expect(1);

        Assert.Equal(
            ["coffer: there is no file or directory 'missing.txt'; check the path", $"coffer: {Full}"],
            full.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, await line.Api!.CountAsync());
    }

    [Fact]
    public async Task A_full_disk_behind_stderr_leaves_the_exit_code()
    {
        using CommandLine line = CommandLine.Bare();

        Assert.Equal(2, (await line.ShellAsync("coffer ls 2> /dev/full")).ExitCode);
        Assert.Equal(2, (await line.ShellAsync("coffer 2> /dev/full")).ExitCode);
    }

    [Fact]
    public async Task A_reader_that_leaves_early_is_no_failure_also_of_the_help()
    {
        using CommandLine line = CommandLine.Bare();

        CommandLine.Ended head = (await line.ShellAsync("{ sleep 0.1; coffer --help; echo $? > code; } | true; cat code")).Expect();

        Assert.Equal("0\n", head.Output);
        Assert.Equal("", head.Errors);
    }
}
