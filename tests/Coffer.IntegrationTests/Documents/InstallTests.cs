using System.Diagnostics;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Documents;

/// <summary>The line by which a clone's command is installed works as printed; only where to differs.</summary>
[Collection(nameof(Hosting.AfterAllOthers))] // it builds, and would have to share the cores
public sealed class InstallTests
{
    public const string Line =
        "dotnet pack -c Release src/Coffer.Cli -o artifacts/packages && dotnet tool install --global Coffer.Cli --source $PWD/artifacts/packages";

    [Theory]
    [InlineData("README.md"), InlineData("docs/command.md")]
    public void The_pages_have_it(string page) => Assert.Single(Page.Blocks(page, "bash"), $"{Line}\n");

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task It_installs_a_command_that_runs()
    {
        using var folder = new TemporaryFolder();
        string tools = Path.Combine(folder.Path, "tools");
        string line = Line
            .Replace("-o artifacts/packages", $"-o '{folder.Path}/packages' -p:ArtifactsPath='{folder.Path}/artifacts'", StringComparison.Ordinal)
            .Replace("$PWD/artifacts/packages", $"'{folder.Path}/packages'", StringComparison.Ordinal)
            .Replace("--global", $"--tool-path '{tools}'", StringComparison.Ordinal);

        // A build node or compiler server that stays would keep our pipes open.
        RunCommand.Ended installed = await RunCommand.RunAsync(
            "/bin/sh", ["-c", line], Repository.Root, ("MSBUILDDISABLENODEREUSE", "1"), ("UseSharedCompilation", "false"));
        Assert.True(installed.ExitCode == 0, installed.Text + installed.Errors);

        RunCommand.Ended version = await RunCommand.RunAsync(Path.Combine(tools, "coffer"), ["--version"]);
        Assert.Equal(
            FileVersionInfo.GetVersionInfo(Path.Combine(AppContext.BaseDirectory, "coffer.dll")).ProductVersion, version.Text.Trim());
        RunCommand.Ended help = await RunCommand.RunAsync(Path.Combine(tools, "coffer"), ["serve", "--help"]); // loads the server, too
        Assert.Contains("--inline-max-bytes", help.Text, StringComparison.Ordinal);
    }
}
