using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Documents;

/// <summary>The Python of the pages runs as printed, over a stand-in for the package that sends the package's requests.</summary>
public sealed class PythonTests
{
    [Fact]
    public async Task The_sample_for_storage3_stores_lists_and_links()
    {
        Assert.SkipUnless(RunCommand.Find("python3") is not null, "python3 is not installed: apt-get install python3");
        await using CofferProcess own = await CofferProcess.StartAsync(); // the bucket's name is taken once
        using var folder = new TemporaryFolder();
        string script = folder.Write("hello.py", Assert.Single(Page.Blocks("docs/clients/python.md", "python")));

        RunCommand.Ended ended = await RunCommand.RunAsync(
            "python3", [script], folder.Path,
            ("PYTHONPATH", Path.Combine(Repository.Root, "tests", "python")), ("PYTHONDONTWRITEBYTECODE", "1"),
            ("COFFER_URL", own.BaseUrl.ToString().TrimEnd('/')), ("COFFER_API_KEY", own.Api.Token));

        Assert.True(ended.ExitCode == 0, ended.Errors);
        Assert.Equal("Hello, world!\n['hello.txt']\nTrue\n", ended.Text);
        Assert.Empty(await own.Api.NamesAsync("notes", new { prefix = "ada" }));
    }
}
