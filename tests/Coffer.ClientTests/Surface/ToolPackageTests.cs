using Coffer.ClientTests.Serving;

namespace Coffer.ClientTests.Surface;

/// <summary>The command as others get it: packed, and installed as a .NET tool from a folder.</summary>
public sealed class ToolPackageTests
{
    [Fact, Trait("Speed", "Slow")]
    public async Task The_tool_installs_from_a_folder_and_runs()
    {
        const string Version = "0.0.0-test";
        using var folder = new TemporaryFolder();
        folder.Write("nuget.config", """
            <configuration><packageSources><clear /><add key="feed" value="feed" /></packageSources></configuration>
            """);

        await Dotnet.RunAsync(
            folder.Path, "pack", Repository.PathOf("src", "Coffer.Cli"), "-o", Path.Combine(folder.Path, "feed"), $"-p:Version={Version}",
            $"-p:ArtifactsPath={Path.Combine(folder.Path, "pack")}");
        await Dotnet.RunAsync(
            folder.Path, "tool", "install", "Coffer.Cli", "--tool-path", Path.Combine(folder.Path, "tools"), "--version", Version,
            "--configfile", Path.Combine(folder.Path, "nuget.config"));

        string coffer = Path.Combine(folder.Path, "tools", "coffer");
        Assert.Equal((0, $"{Version}\n"), await Dotnet.TryAsync(folder.Path, coffer, "--version"));
        (int exitCode, string help) = await Dotnet.TryAsync(folder.Path, coffer, "serve", "--help"); // its settings are the server's
        Assert.Equal(0, exitCode);
        Assert.Contains("--inline-max-bytes", help, StringComparison.Ordinal);
    }
}
