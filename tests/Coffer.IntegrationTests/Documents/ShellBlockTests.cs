using System.Text.Json;
using System.Text.RegularExpressions;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Devboxes;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Documents;

/// <summary>
/// Every shell block of the pages runs as it is printed, in an account of its own. Replaced are ids, and the names of accounts and buckets;
/// address and keys come from the environment. Curl is told to fail when the server refuses.
/// </summary>
public sealed partial class ShellBlockTests(ShellBlockTests.PagesServer server) : IClassFixture<ShellBlockTests.PagesServer>
{
    private static readonly string[] Pages =
    [
        "README.md", "docs/command.md", "docs/access.md", "docs/policies.md", "docs/objects-http.md", "docs/clients/runloop.md",
        "docs/clients/supabase.md", "docs/clients/python.md", "docs/clients/csharp.md", "docs/clients/tus.md",
    ];

    public static TheoryData<string, int> Runnable()
    {
        var data = new TheoryData<string, int>();
        foreach (string page in Pages)
        {
            foreach ((int index, string block) in Page.Blocks(page, "bash").Index())
            {
                if (!IsSetUp(block))
                {
                    data.Add(page, index);
                }
            }
        }

        return data;
    }

    [Theory, MemberData(nameof(Runnable))]
    public async Task A_block_runs_as_printed(string page, int index)
    {
        Assert.SkipUnless(RunCommand.Find("curl") is not null, "curl is not installed: apt-get install curl");
        string block = Page.Blocks(page, "bash")[index];
        Assert.SkipWhen(block.Contains("devbox exec", StringComparison.Ordinal) && Boxes.Missing() is not null, Boxes.Missing() ?? "");
        string team = await server.Process.Accounts.NewNameAsync();
        Api account = await server.Process.Accounts.KeyAsync(team);
        using var folder = new TemporaryFolder();
        string path = Prepare(folder);
        (string script, string uploadUrl) = await FilledInAsync(block, account, team, folder);

        ILookup<bool, string> lines = script.Split('\n').ToLookup(line => line.StartsWith("coffer serve", StringComparison.Ordinal));
        string others = string.Join('\n', lines[false]);
        RunCommand.Ended ended = await RunCommand.RunAsync(
            "/bin/bash", ["-e", "-o", "pipefail", "-c", others], Path.Combine(folder.Path, "here"),
            ("PATH", path), ("UPLOAD_URL", uploadUrl), ("COFFER_OPERATOR_KEY", Canary.OperatorKey),
            ("COFFER_URL", server.Process.BaseUrl.ToString().TrimEnd('/')), ("COFFER_API_KEY", account.Token),
            ("RUNLOOP_BASE_URL", server.Process.BaseUrl.ToString().TrimEnd('/')), ("RUNLOOP_API_KEY", account.Token));

        Assert.True(ended.ExitCode == 0, $"exit {ended.ExitCode}\n{others}\n{ended.Errors}\n{ended.Text}");
        if (script.Contains("curl -X", StringComparison.Ordinal))
        {
            Assert.All(JsonTexts(ended.Text), answer => Assert.Equal(JsonValueKind.Object, answer.ValueKind));
            Assert.NotEmpty(JsonTexts(ended.Text));
        }

        foreach (string line in lines[true])
        {
            await ServesAsync(line, folder, path);
        }
    }

    [Fact]
    public void Only_what_sets_up_is_left_out() =>
        Assert.Equal(
            [
                "README.md: dotnet run -c Release --project src/Coffer.Cli -- serve",
                "README.md: export RUNLOOP_BASE_URL=http://127.0.0.1:8484",
                "README.md: npm install @runloop/api-client",
                $"README.md: {InstallTests.Line}",
                $"docs/command.md: {InstallTests.Line}",
                "docs/objects-http.md: export RUNLOOP_BASE_URL=http://127.0.0.1:8484",
                "docs/clients/runloop.md: export RUNLOOP_BASE_URL=http://127.0.0.1:8484",
                "docs/clients/runloop.md: npm install @runloop/api-client",
                "docs/clients/runloop.md: pip install runloop_api_client",
                "docs/clients/supabase.md: npm install @supabase/storage-js",
                "docs/clients/supabase.md: export COFFER_URL=http://127.0.0.1:8484",
                "docs/clients/python.md: pip install storage3",
                "docs/clients/python.md: export COFFER_URL=http://127.0.0.1:8484",
                "docs/clients/tus.md: npm install tus-js-client",
            ],
            from page in Pages from block in Page.Blocks(page, "bash") where IsSetUp(block) select $"{page}: {block.Split('\n')[0]}");

    /// <summary>The first command of all, what installs, and the variables that each test sets.</summary>
    private static bool IsSetUp(string block) =>
        block.StartsWith("dotnet ", StringComparison.Ordinal)
        || block.StartsWith("npm install ", StringComparison.Ordinal)
        || block.StartsWith("pip install ", StringComparison.Ordinal)
        || block.Split('\n').All(line => line.Length == 0 || LiteralExport().IsMatch(line));

    /// <summary>Files that the blocks speak of, and the programs beside ours; those that a machine may lack stand in by a line of shell.</summary>
    private static string Prepare(TemporaryFolder folder)
    {
        foreach (string file in new[] { "report.pdf", "a.csv", "b.csv", "data.csv", "my-data-file.csv", "training-data/1.csv", "site/index.html", "src/main.c" })
        {
            folder.Write($"here/{file}", $"bytes of {file}\n");
        }

        File.WriteAllBytes(folder.Write("here/site.tgz", ""), DevboxApi.Tgz(("index.html", "<p>\n")));
        Directory.CreateDirectory(Path.Combine(folder.Path, "here", "downloads"));
        AddProgram("coffer", $"exec '{Path.Combine(AppContext.BaseDirectory, "coffer")}' \"$@\"");
        AddProgram("curl", $"exec {RunCommand.Find("curl")} --silent --show-error --fail \"$@\"");
        AddProgram("pg_dump", "echo 'CREATE TABLE shop ();'");
        AddProgram("less", "exec cat");
        AddProgram("jq", "exec cat");
        return $"{Path.Combine(folder.Path, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";

        void AddProgram(string name, string line) => File.SetUnixFileMode(
            folder.Write($"bin/{name}", $"#!/bin/sh\n{line}\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task<(string Script, string UploadUrl)> FilledInAsync(string block, Api account, string team, TemporaryFolder folder)
    {
        if (block.Contains("account create team-b", StringComparison.Ordinal))
        {
            block = block.Replace("team-b", $"{team}-b", StringComparison.Ordinal);
        }

        block = block.Replace("team-b", team, StringComparison.Ordinal);
        if (BucketName().Match(block) is { Success: true } bucket)
        {
            // Names of buckets are unique on the server, which all blocks share.
            block = Regex.Replace(
                block, $@"(?<![\w./-]){bucket.Groups["name"].Value}(?=[/\s]|$)", StorageCalls.NewName(bucket.Groups["name"].Value), RegexOptions.None, TimeSpan.FromSeconds(10));
        }

        (string key, _) = await server.Process.Accounts.MakeKeyAsync(team);
        block = block.Replace("019ab1de-…", key, StringComparison.Ordinal);

        CreatedObject waiting = await account.CreateAsync("waiting", "text");
        if (block.Contains("/complete\"", StringComparison.Ordinal))
        {
            (await account.UploadAsync(waiting.UploadUrl, "bytes")).Expect(200);
            block = block.Replace("OBJECT_ID", waiting.Id, StringComparison.Ordinal);
        }

        byte[] archive = await ArchiveAsync(folder);
        for (int i = 0; Id().Match(block) is { Success: true } place; i++)
        {
            string id = await account.StoreAsync(archive, new { name = $"stored-{i}.tgz", content_type = "tgz" });
            block = $"{block[..place.Index]}{id.Replace("obj_", "obj\0", StringComparison.Ordinal)}{block[(place.Index + place.Length)..]}";
        }

        return (block.Replace('\0', '_'), waiting.UploadUrl);
    }

    private static async Task<byte[]> ArchiveAsync(TemporaryFolder folder) =>
        (await RunCommand.RunAsync("tar", ["-cz", "-C", Path.Combine(folder.Path, "here", "site"), ".", "-C", "..", "src"])).Output;

    /// <summary>A line that serves, on an address and a folder of this test's own.</summary>
    private static async Task ServesAsync(string line, TemporaryFolder folder, string path)
    {
        await using var spare = CofferProcess.Make(); // never started: it knows a port that nobody has
        string data = Directory.CreateTempSubdirectory("coffer-test-").FullName;
        try
        {
            string command = line.Split('#')[0]
                .Replace("/var/lib/coffer", data, StringComparison.Ordinal)
                .Replace("0.0.0.0:8484", $"127.0.0.1:{spare.Port}", StringComparison.Ordinal);
            string script = $"""
                {command} & served=$!
                for i in $(seq 300); do curl --output /dev/null {spare.BaseUrl}healthz 2>/dev/null && break; sleep 0.1; done
                curl {spare.BaseUrl}healthz
                kill $served
                wait $served
                """;
            RunCommand.Ended ended = await RunCommand.RunAsync(
                "/bin/bash", ["-c", script + "\nexit $?"], folder.Path,
                ("PATH", path), ("COFFER_DATA", data), ("COFFER_URLS", spare.BaseUrl.ToString().TrimEnd('/')), ("COFFER_URL", null));
            Assert.True(ended.ExitCode == 0, $"exit {ended.ExitCode} from {line}\n{ended.Errors}");
            Assert.Contains("ok", ended.Text, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>A server that runs commands in devboxes, where this machine can.</summary>
    public sealed class PagesServer : OwnServer
    {
        protected override ServerSetup Setup => Boxes.Missing() is null ? CommandTests.ExecServer.Running() : new ServerSetup();
    }

    private static JsonElement[] JsonTexts(string output)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(output), new JsonReaderOptions { AllowMultipleValues = true });
        var texts = new List<JsonElement>();
        while (reader.Read())
        {
            texts.Add(JsonElement.ParseValue(ref reader));
        }

        return [.. texts];
    }

    [GeneratedRegex("^export [A-Z_]+=[^$(]*$", RegexOptions.None, 10_000)]
    private static partial Regex LiteralExport();

    [GeneratedRegex("bucket create (?<name>[a-z]+)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex BucketName();

    [GeneratedRegex("OBJECT_ID|obj_…|obj_01[0-9a-z]{24}", RegexOptions.None, 10_000)]
    private static partial Regex Id();
}
