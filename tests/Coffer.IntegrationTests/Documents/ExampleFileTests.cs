using System.Text.Json;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Sdk;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Documents;

/// <summary>The example files of the guide go up and come back by SDK and command, with the right class and media type.</summary>
public sealed class ExampleFileTests(SharedServer server)
{
    public static TheoryData<string, string, string> Files => new()
    {
        { "training-dataset-v1.jsonl", "application/x-ndjson", "text" },
        { "validation-data.csv", "text/csv", "text" },
        { "app-config.json", "application/json", "text" },
        { "environment-vars.env", "text/plain", "text" },
        { "logo.png", "image/png", "binary" },
        { "documentation.pdf", "application/pdf", "binary" },
        { "template.html", "text/html", "text" },
        { "db-backup-2024-01-15.sql", "application/sql", "text" },
        { "code-snapshot.tar.gz", "application/x-gtar", "tgz" },
    };

    [Fact]
    public async Task These_are_the_files_of_the_guide()
    {
        string guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "objects-guide.md"));

        Assert.All(Files, file => Assert.Contains($"`{file.Data.Item1}`", guide, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Files))]
    public async Task By_the_SDK(string name, string mediaType, string contentClass)
    {
        using CofferClient coffer = SdkClient.For(await server.Accounts.NewAsync());
        using var folder = new TemporaryFolder();
        byte[] bytes = Bytes.Random(100_000, seed: name.Length);
        string path = folder.Write(name, bytes);

        StorageObject stored = await coffer.StorageObjects.UploadFromFileAsync(path, contentType: ObjectContentType.MimeFromPath(path));

        ObjectView view = await stored.GetInfoAsync();
        Assert.Equal((name, contentClass, mediaType, bytes.Length), (view.Name, view.ContentType.Value, view.MimeType, (int)view.SizeBytes!));
        Assert.Equal(stored.Id, Assert.Single((await coffer.Objects.ListAsync(new() { ContentType = mediaType })).Objects).Id);
        string back = Path.Combine(folder.Path, "back");
        await stored.DownloadToFileAsync(back);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(back));
        using HttpResponseMessage answer = await Api.Http.GetAsync(new Uri((await stored.GetDownloadUrlAsync()).Url));
        Assert.Equal(mediaType, answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory, MemberData(nameof(Files))]
    public async Task By_the_command(string name, string mediaType, string contentClass)
    {
        Api account = await server.Accounts.NewAsync();
        using var folder = new TemporaryFolder();
        byte[] bytes = Bytes.Random(100_000, seed: name.Length);
        folder.Write(name, bytes);

        string id = (await CofferAsync("put", name)).Text.Trim();
        JsonElement view = JsonSerializer.Deserialize<JsonElement>((await CofferAsync("stat", id, "--json")).Output);
        Assert.Equal((name, contentClass, mediaType, bytes.Length), (view.Text("name"), view.Text("content_type"), view.Text("mime_type"), (int)view.Number("size_bytes")!));
        Assert.Equal(bytes, (await CofferAsync("cat", id)).Output);

        File.Delete(Path.Combine(folder.Path, name));
        await CofferAsync("get", id);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(folder.Path, name)));

        async Task<RunCommand.Ended> CofferAsync(params string[] arguments)
        {
            RunCommand.Ended ended = await RunCommand.RunAsync(
                Path.Combine(AppContext.BaseDirectory, "coffer"), arguments, folder.Path,
                ("COFFER_URL", server.Process.BaseUrl.ToString()), ("COFFER_API_KEY", account.Token));
            Assert.True(ended.ExitCode == 0, $"exit {ended.ExitCode} from coffer {string.Join(' ', arguments)}\n{ended.Errors}");
            return ended;
        }
    }
}
