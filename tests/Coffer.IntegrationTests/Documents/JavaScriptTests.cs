using System.Text.RegularExpressions;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Devboxes;
using Coffer.IntegrationTests.Sdk;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Documents;

/// <summary>The JavaScript of the pages runs as printed, with the published client.</summary>
public sealed partial class JavaScriptTests(SharedServer server)
{
    [Fact]
    public async Task The_sample_of_the_README_prints_what_it_stored()
    {
        Api account = await server.Accounts.NewAsync();

        Assert.Equal("Hello, world!\n", await PrintedAsync("README.md", account));

        using CofferClient coffer = SdkClient.For(account);
        Assert.Equal("hello.txt", Assert.Single((await coffer.Objects.ListAsync()).Objects).Name);
    }

    [Fact]
    public async Task The_sample_of_the_create_page_prints_the_id()
    {
        Api account = await server.Accounts.NewAsync();

        string id = (await PrintedAsync("docs/create-object.md", account)).Trim();

        using CofferClient coffer = SdkClient.For(account);
        ObjectView view = await coffer.Objects.RetrieveAsync(id);
        Assert.Equal(("name", "unspecified", ObjectState.Uploading), (view.Name, view.ContentType.Value, view.State));
    }

    [Fact]
    public async Task The_sample_for_Runloops_client_stores_links_lists_and_deletes()
    {
        Api account = await server.Accounts.NewAsync();

        Assert.Equal("month,total\n1,100\n\n200\nREAD_ONLY 18\n", await PrintedAsync("docs/clients/runloop.md", account));

        using CofferClient coffer = SdkClient.For(account);
        Assert.Empty((await coffer.Objects.ListAsync()).Objects);
    }

    [Fact]
    public async Task The_sample_of_devboxes_reads_what_it_mounted()
    {
        Api account = await server.Accounts.NewAsync();

        Assert.Equal("one\ntwo\n", await PrintedAsync("docs/devboxes.md", account, ("archive.tar.gz", DevboxApi.Tgz(("file1.txt", "one"), ("file/file2.txt", "two")))));

        Assert.All((await account.GetAsync("/v1/devboxes")).Json.Items("devboxes"), devbox => Assert.Equal("shutdown", devbox.Text("status")));
    }

    [Fact]
    public async Task The_sample_for_the_storage_client_stores_lists_and_links()
    {
        await using CofferProcess own = await CofferProcess.StartAsync(); // the bucket's name is taken once

        Assert.Equal("Hello, world!\n[ 'hello.txt' ]\n200\n", await PrintedAsync("docs/clients/supabase.md", own.Api));
    }

    [Fact]
    public async Task The_sample_for_resumable_uploads_sends_a_file_in_pieces()
    {
        await using CofferProcess own = await CofferProcess.StartAsync();

        Assert.Equal("200 20000000\n", await PrintedAsync("docs/clients/tus.md", own.Api));
    }

    private static async Task<string> PrintedAsync(string page, Api account, params (string Name, byte[] Bytes)[] files)
    {
        string modules = Path.Combine(Repository.Root, "tests", "node", "node_modules");
        Assert.SkipUnless(RunCommand.Find("node") is not null, "node is not installed: apt-get install nodejs npm");
        Assert.SkipUnless(
            new[] { "@runloop/api-client", "@supabase/storage-js", "tus-js-client" }.All(package => Directory.Exists(Path.Combine(modules, package))),
            "the npm packages are not installed: npm ci --prefix tests/node");
        using var folder = new TemporaryFolder();
        string name = RunLine().Match(await File.ReadAllTextAsync(Path.Combine(Repository.Root, page))).Groups["name"].Value;
        string script = folder.Write(name, Assert.Single(Page.Blocks(page, "js"))); // as the page says: another ending makes Node read it otherwise
        foreach ((string file, byte[] bytes) in files)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, file), bytes);
        }

        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "node_modules"), modules);

        RunCommand.Ended ended = await RunCommand.RunAsync(
            "node", [script], folder.Path,
            ("RUNLOOP_BASE_URL", account.Server.BaseUrl.ToString().TrimEnd('/')), ("RUNLOOP_API_KEY", account.Token), ("RUNLOOP_CUSTOM_HEADERS", null),
            ("COFFER_URL", account.Server.BaseUrl.ToString().TrimEnd('/')), ("COFFER_API_KEY", account.Token));
        Assert.True(ended.ExitCode == 0, ended.Errors);
        return ended.Text;
    }

    [GeneratedRegex(@"node (?<name>\w+\.\w+)", RegexOptions.None, 10_000)]
    private static partial Regex RunLine();
}
