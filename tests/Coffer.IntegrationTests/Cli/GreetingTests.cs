using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>What <c>serve</c> shows a person at a terminal.</summary>
public sealed class GreetingTests
{
    [Fact]
    public async Task The_line_that_stores_a_file_runs_also_when_the_server_was_started_by_the_runtime()
    {
        Assert.SkipWhen(RunCommand.Find("script") is null, "script is not installed: apt-get install bsdutils");
        Assert.SkipWhen(RunCommand.Find("dotnet") is null, "dotnet is not on the path");
        using CommandLine line = CommandLine.Bare();
        await using CofferProcess spare = CofferProcess.Make(); // never started: it knows a port that nobody has
        line.Write("README.md", "read me");
        string program = Path.Combine(AppContext.BaseDirectory, "coffer.dll");

        CommandLine.Ended stored = (await line.ShellAsync($$"""
            script -qec "dotnet '{{program}}' serve --urls {{spare.BaseUrl.ToString().TrimEnd('/')}}" /dev/null > shown < /dev/null &
            for i in $(seq 300); do grep -q RUNLOOP_API_KEY= shown && break; sleep 0.1; done
            eval "$(tr -d '\r' < shown | grep 'dotnet {{program}}.* put ')"
            code=$?
            kill $! && wait
            exit $code
            """)).Expect();

        Assert.Matches("^obj_[a-z0-9]+$", stored.Line);
    }
}
