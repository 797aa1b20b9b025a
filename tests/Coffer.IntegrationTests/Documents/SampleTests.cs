using System.Reflection;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Devboxes;
using Coffer.IntegrationTests.Sdk;
using Coffer.IntegrationTests.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Coffer.IntegrationTests.Documents;

/// <summary>Changes what belongs to the whole process, so nothing else runs beside it.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public sealed class WholeProcess;

/// <summary>Every method of the samples, and so every C# block of the pages, runs against the real server.</summary>
[Collection(nameof(WholeProcess))]
public sealed class SampleTests : IAsyncLifetime
{
    private readonly SharedServer _server;
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _printed = new();
    private readonly TextWriter _printer;
    private readonly string _directory = Environment.CurrentDirectory;
    private readonly TextWriter _console = Console.Out;
    private Api _api;
    private CofferClient? _coffer;

    public SampleTests(SharedServer server)
    {
        (_server, _api) = (server, server.Api);
        _printer = TextWriter.Synchronized(_printed); // locks itself
    }

    private CofferClient Coffer => _coffer!;

    private static readonly Dictionary<string, Func<SampleTests, Task>> Runs = new()
    {
        ["Guide.UploadText"] = async test =>
            await test.HoldsAsync(await Samples.Guide.UploadText(test.Coffer), "Hello, world!"u8.ToArray(), "hello.txt", "text"),
        ["Guide.UploadFile"] = async test =>
        {
            test._folder.Write("hello.txt", "from the file");
            await test.HoldsAsync(await Samples.Guide.UploadFile(test.Coffer), "from the file"u8.ToArray(), "hello.txt", "text");
        },
        ["Guide.UploadArchive"] = async test =>
        {
            byte[] bytes = Bytes.Random(1000);
            test._folder.Write("archive.tar.gz", bytes);
            await test.HoldsAsync(await Samples.Guide.UploadArchive(test.Coffer), bytes, "archive.tar.gz", "tgz");
            Assert.Equal("Content type: tgz\n", test.Printed);
        },
        ["Guide.PackArchive"] = async test =>
        {
            test._folder.Write("archive/file1.txt", "1");
            ObjectView view = await test.Coffer.Objects.RetrieveAsync(await Samples.Guide.PackArchive(test.Coffer));
            Assert.Equal(("archive.tar.gz", "tgz"), (view.Name, view.ContentType.Value));
        },
        ["Guide.Retrieve"] = async test =>
        {
            await Samples.Guide.Retrieve(test.Coffer, await test._api.StoreAsync(name: "n.txt"));
            Assert.StartsWith($"Object name: n.txt\nContent type: text\nCreated: {DateTimeOffset.UtcNow:MM/dd/yyyy}", test.Printed, StringComparison.Ordinal);
        },
        ["Guide.List"] = async test =>
        {
            string[] ids = [await test._api.StoreAsync(), await test._api.StoreAsync()];
            await Samples.Guide.List(test.Coffer);
            Assert.Equal($"Total objects: 2\n- (ID: {ids[1]})\n- (ID: {ids[0]})\n", test.Printed);
        },
        ["Guide.ListAll"] = async test =>
        {
            await test._api.StoreAsync("four", "a");
            await test._api.StoreAsync("binary", "b", "binary");
            await Samples.Guide.ListAll(test.Coffer);
            Assert.Equal("- a (4 bytes)\n", test.Printed);
        },
        ["Guide.ListPublic"] = async test =>
        {
            string id = await test._api.StoreAsync(name: "shared", isPublic: true);
            await Samples.Guide.ListPublic(test.Coffer);
            Assert.StartsWith("Public objects available: ", test.Printed, StringComparison.Ordinal);
            Assert.Contains($"- shared (ID: {id})\n", test.Printed, StringComparison.Ordinal);
        },
        ["Guide.MakeDownloadUrl"] = async test =>
        {
            string url = await Samples.Guide.MakeDownloadUrl(test.Coffer, await test._api.StoreAsync("linked"));
            Assert.Equal("linked", (await test._api.GetAsync(url)).Expect(200).Text);
            Assert.StartsWith($"Download URL: {url}\nExpires at: ", test.Printed, StringComparison.Ordinal);
        },
        ["Guide.Delete"] = async test =>
        {
            string id = await test._api.StoreAsync(name: "old");
            await Samples.Guide.Delete(test.Coffer, id);
            Assert.Equal("Object deleted: old\n", test.Printed);
            Assert.Equal(ObjectState.Deleted, (await test.Coffer.Objects.RetrieveAsync(id)).State);
        },
        ["Guide.Share"] = async test =>
        {
            ObjectView view = await test.Coffer.Objects.RetrieveAsync(await Samples.Guide.Share(test.Coffer));
            Assert.Equal((false, "application/json", 30.0), (view.IsPublic, view.MimeType, (view.DeleteAfter - view.CreatedAt)?.TotalDays));
            string url = test.Printed["Anyone can read ".Length..].Trim();
            (await test._api.WithKey(null).GetAsync(url)).Expect(404); // it was taken back
        },
        ["Guide.CleanUp"] = async test =>
        {
            string id = await test._api.StoreAsync();
            await Samples.Guide.CleanUp(test.Coffer);
            Assert.Equal(ObjectState.ReadOnly, (await test.Coffer.Objects.RetrieveAsync(id)).State); // it is not a month old
        },
        ["Sdk.FirstSteps"] = async test => Assert.Equal("Hello, world!", await Samples.Sdk.FirstSteps(test._api.Server.BaseUrl, test._api.Token!)),
        ["Sdk.FromEnvironment"] = async test =>
        {
            await test._api.StoreAsync(name: "found by the environment");
            using CofferClient coffer = Samples.Sdk.FromEnvironment();
            Assert.Equal("found by the environment", Assert.Single((await coffer.Objects.ListAsync()).Objects).Name);
        },
        ["Sdk.WithOptions"] = test =>
        {
            Samples.Sdk.WithOptions("key").Dispose(); // another server's address
            return Task.CompletedTask;
        },
        ["Sdk.Runloop"] = test =>
        {
            Samples.Sdk.Runloop("key").Dispose(); // another service's address
            return Task.CompletedTask;
        },
        ["Sdk.Progress"] = async test =>
        {
            byte[] bytes = Bytes.Random(300_000);
            test._folder.Write("scan.tif", bytes);
            await test.HoldsAsync(await Samples.Sdk.Progress(test.Coffer), bytes, "scan.tif", "unspecified");
            for (int i = 0; i < 200 && !test.Printed.Contains("300000 of 300000", StringComparison.Ordinal); i++)
            {
                await Task.Delay(25); // progress is reported from the thread pool
            }

            Assert.Contains("300000 of 300000\n", test.Printed, StringComparison.Ordinal);
        },
        ["Sdk.Streams"] = async test =>
        {
            byte[] bytes = Bytes.Random(200_000);
            using var copy = new MemoryStream();
            await test.HoldsAsync(await Samples.Sdk.Streams(test.Coffer, new MemoryStream(bytes), copy), bytes, "backup.sql", "text");
            Assert.Equal(bytes, copy.ToArray());
        },
        ["Sdk.Directories"] = async test =>
        {
            test._folder.Write("site/index.html", "<p>");
            test._folder.Write("site/.dockerignore", "drafts\n");
            ObjectView view = await test.Coffer.Objects.RetrieveAsync(await Samples.Sdk.Directories(test.Coffer));
            Assert.Equal(("site.tar.gz", "tgz"), (view.Name, view.ContentType.Value));
        },
        ["Sdk.Errors"] = async test =>
        {
            Assert.True(await Samples.Sdk.Errors(test.Coffer, await test._api.StoreAsync()));
            Assert.False(await Samples.Sdk.Errors(test.Coffer, "obj_00000000000000000000000000"));
        },
        ["Sdk.PerCall"] = async test => Assert.Equal(await Samples.Sdk.PerCall(test.Coffer), await Samples.Sdk.PerCall(test.Coffer)),
        ["Sdk.Admin"] = async test =>
        {
            await using CofferProcess own = await CofferProcess.StartAsync(); // the account's name is taken once
            using CofferClient owner = SdkClient.For(own.Operator);
            string id = await Samples.Sdk.Admin(owner);
            KeyView key = Assert.Single(await owner.Admin.ListKeysAsync("research"));
            Assert.Equal((id, "notebook"), (key.Id, key.Label));
            Assert.NotNull(key.RevokedAtMs);
            Assert.StartsWith("Keep this, it is not shown again: coffer_", test.Printed, StringComparison.Ordinal);
        },
        ["StorageObjects.WholeLife"] = async test =>
        {
            Assert.Equal("month,total\n1,100\n", await Samples.StorageObjects.WholeLife(test.Coffer));
            Assert.EndsWith(" has 18 bytes\n", test.Printed, StringComparison.Ordinal);
            Assert.Equal(0, await test._api.CountAsync());
        },
        ["StorageObjects.WithUrl"] = async test =>
            Assert.Equal(ObjectState.Uploading, (await test.Coffer.Objects.RetrieveAsync(await Samples.StorageObjects.WithUrl(test.Coffer))).State),
        ["StorageObjects.Refresh"] = async test =>
        {
            await Samples.StorageObjects.Refresh(test.Coffer, await test._api.StoreAsync("12345", "five"));
            Assert.Equal("five: 5 bytes\n", test.Printed);
        },
        ["StorageObjects.UploadContent"] = async test =>
        {
            test._folder.Write("app.log", "a line\n");
            await test.HoldsAsync(await Samples.StorageObjects.UploadContent(test.Coffer), "a line\n"u8.ToArray(), "n", "text");
        },
        ["StorageObjects.Download"] = async test =>
        {
            await Samples.StorageObjects.Download(test.Coffer, await test._api.StoreAsync("A!"));
            Assert.Equal("2 2 65\n", test.Printed);
            Assert.Equal("A!", await File.ReadAllTextAsync(Path.Combine(test._folder.Path, "copy.bin")));
        },
        ["StorageObjects.DownloadUrl"] = async test =>
        {
            await Samples.StorageObjects.DownloadUrl(test.Coffer, await test._api.StoreAsync("linked"));
            foreach (string url in test.Printed.Split(' '))
            {
                Assert.Equal("linked", (await test._api.GetAsync(url.Trim())).Expect(200).Text);
            }
        },
        ["StorageObjects.Blocking"] = async test =>
        {
            Samples.StorageObjects.Blocking(test.Coffer);
            Assert.Equal("blocking\n", test.Printed);
            Assert.Equal(0, await test._api.CountAsync());
        },
        ["Readme.PutAndGet"] = async test =>
        {
            byte[] bytes = Bytes.Random(100_000);
            test._folder.Write("report.pdf", bytes);
            test.SetEnvironment("RUNLOOP_BASE_URL", "RUNLOOP_API_KEY"); // as the page sets them further up
            Assert.Equal(bytes, await Samples.Readme.PutAndGet());
            Assert.Equal("report.pdf", Assert.Single((await test.Coffer.Objects.ListAsync()).Objects).Name);
        },
        ["Archives.Look"] = async test =>
        {
            test._folder.Write("src/main.c", "int main;");
            Assert.Equal("int main;", await Samples.Archives.Look(test.Coffer));
            Assert.Contains("main.c", test.Printed, StringComparison.Ordinal);
        },
        ["Archives.Page"] = async test =>
        {
            string id = await test._api.StoreArchiveAsync(("a", "1"), ("src/b", "2"), ("src/c", "3"));
            Assert.Equal(2, Samples.Archives.Page(test.Coffer, id));
            Assert.Equal("2 of 3, more: False\n", test.Printed);
        },
        ["Storage.FirstSteps"] = async test => Assert.Equal("Hello, world!", await Samples.Storage.FirstSteps(test.Coffer)),
        ["Storage.Create"] = async test =>
        {
            using StorageClient storage = Samples.Storage.Create($"{test._api.Server.BaseUrl}storage/v1", test._api.Token!);
            AssertOnlyTheAccountsOwn(await storage.ListBucketsAsync());
        },
        ["Storage.WithOptions"] = async test =>
        {
            using StorageClient storage = Samples.Storage.WithOptions(test._api.Server.BaseUrl, test._api.Token!);
            AssertOnlyTheAccountsOwn(await storage.ListBucketsAsync());
        },
        ["Storage.Services"] = async test =>
        {
            var services = new ServiceCollection();
            Samples.Storage.Services(services, test._api.Token!);
            await using ServiceProvider provider = services.BuildServiceProvider();
            AssertOnlyTheAccountsOwn(await provider.GetRequiredService<StorageClient>().ListBucketsAsync()); // COFFER_URL says where
        },
        ["Storage.Buckets"] = async test =>
        {
            await Samples.Storage.Buckets(test.Coffer.Storage);
            Assert.Equal("avatars: 5000000 bytes a file\navatars\n", test.Printed);
            AssertOnlyTheAccountsOwn(await test.Coffer.Storage.ListBucketsAsync());
        },
        ["Storage.Upload"] = async test =>
        {
            test._folder.Write("scan.tif", "a scan");
            BucketFiles files = await test.BucketAsync();
            Assert.Equal("2031/scan.tif", (await Samples.Storage.Upload(files)).Path);
            StorageFileInfo info = await files.InfoAsync("2031/scan.tif");
            Assert.Equal(("image/tiff", "max-age=86400", 1, 6L), (info.ContentType, info.CacheControl, (int?)info.Metadata!["page"], info.SizeBytes));
            Assert.Equal("replaced, or new", await files.DownloadTextAsync("2031/notes.txt"));
        },
        ["Storage.Download"] = async test =>
        {
            byte[] bytes = Bytes.Random(1000);
            BucketFiles files = await test.BucketAsync();
            await files.UploadAsync("2031/scan.tif", bytes);
            await Samples.Storage.Download(files);
            Assert.Equal($"1000 100 {bytes[0]}\n", test.Printed);
            Assert.Equal(bytes, await File.ReadAllBytesAsync("copy.tif"));
        },
        ["Storage.List"] = async test =>
        {
            BucketFiles files = await test.BucketAsync();
            await files.UploadTextAsync("2031/a.txt", "four");
            await files.UploadTextAsync("2031/b/c.txt", "");
            await Samples.Storage.List(files);
            Assert.Equal("a.txt: 4 bytes\nb/\n2031/a.txt\n2031/b/c.txt\n", test.Printed);
        },
        ["Storage.MoveCopyRemove"] = async test =>
        {
            BucketFiles files = await test.BucketAsync();
            await test.Coffer.Storage.CreateBucketAsync("archive");
            await files.UploadTextAsync("2031/notes.txt", "notes");
            await Samples.Storage.MoveCopyRemove(files);
            Assert.Empty(await files.ListAsync());
            Assert.Equal("notes", await test.Coffer.Storage.From("archive").DownloadTextAsync("notes.txt"));
        },
        ["Storage.Links"] = async test =>
        {
            BucketFiles files = await test.BucketAsync();
            await files.UploadTextAsync("2031/scan.tif", "a scan");
            string link = await Samples.Storage.Links(files);
            Assert.Equal("a scan", await Api.Http.GetStringAsync(link));
            Assert.StartsWith("2031/scan.tif: a link\nmissing.tif: Either", test.Printed, StringComparison.Ordinal);
        },
        ["Storage.SignedUpload"] = async test =>
        {
            BucketFiles files = await test.BucketAsync();
            using StorageClient anyone = new(new Uri(test._api.Server.BaseUrl, "storage/v1"));
            await Samples.Storage.SignedUpload(files, anyone.From(files.BucketId));
            Assert.Equal("filled in", await files.DownloadTextAsync("inbox/form.txt"));
        },
        ["Storage.Resumable"] = async test =>
        {
            byte[] bytes = Bytes.Random(7_000_000);
            test._folder.Write("film.mp4", bytes);
            BucketFiles files = await test.BucketAsync();
            await Samples.Storage.Resumable(files);
            Assert.Equal(bytes, await files.DownloadAsync("film.mp4"));
        },
        ["Storage.Errors"] = async test => Assert.Null(await Samples.Storage.Errors(await test.BucketAsync())),
        ["Storage.Blocking"] = async test =>
        {
            BucketFiles files = await test.BucketAsync();
            Samples.Storage.Blocking(files);
            Assert.Equal("blocking\n", test.Printed);
            Assert.Empty(await files.ListAsync());
        },
        ["Devboxes.MountArchive"] = async test => await test.MountsAsync(Samples.Devboxes.MountArchive),
        ["Devboxes.MountArchiveBlocking"] = async test => await test.MountsAsync(coffer => Task.FromResult(Samples.Devboxes.MountArchiveBlocking(coffer))),
        ["Devboxes.Files"] = async test =>
        {
            byte[] bytes = Bytes.Random(100_000);
            test._folder.Write("data.bin", bytes);
            await using Devbox devbox = test.Coffer.Devboxes.FromId(await Samples.Devboxes.Files(test.Coffer));
            Assert.Equal("100000 bytes\n", test.Printed);
            Assert.Equal("to do: nothing", await devbox.File.ReadAsync("/home/user/notes.txt"));
            Assert.Equal(bytes, await File.ReadAllBytesAsync("copy.bin"));
            Assert.Equal("maps", (await devbox.RefreshAsync()).Metadata["project"]);
        },
        ["Devboxes.Find"] = async test =>
        {
            string id = (await test.Coffer.Devboxes.CreateAsync(new() { Name = "found" })).Id;
            Assert.Equal(1, await Samples.Devboxes.Find(test.Coffer, id));
            Assert.Equal("found is running\n", test.Printed);
            Assert.Equal(DevboxStatus.Shutdown, (await test.Coffer.Devboxes.RetrieveAsync(id)).Status);
        },
        ["Devboxes.Commands"] = async test =>
        {
            await using CofferProcess server = await CofferProcess.StartAsync(CommandTests.ExecServer.Running());
            using CofferClient coffer = SdkClient.For(server.Api);
            await Samples.Devboxes.Commands(coffer);
            Assert.Equal("3: Hello, world\nwhile it runs\nready\n", test.Printed);
        },
        ["CSharpClient.Forms"] = async test =>
        {
            string bucket = $"sample-{Guid.NewGuid():N}";
            Assert.Equal("Hello again!", await Samples.CSharpClient.Forms(test._api.Server.BaseUrl.ToString().TrimEnd('/'), test._api.Token!, bucket));
            Assert.Equal("filled in", await test.Coffer.Storage.From(bucket).DownloadTextAsync("ada/form.txt"));
            Bucket made = await test.Coffer.Storage.GetBucketAsync(bucket);
            Assert.Equal((1_000_000, "text/plain"), (made.FileSizeLimitBytes, Assert.Single(made.AllowedMimeTypes!)));
        },
        ["Create.Minimal"] = async test =>
        {
            string id = await Samples.Create.Minimal(test._api.Token!);
            Assert.Equal($"{id}\n", test.Printed);
            Assert.Equal("unspecified", (await test.Coffer.Objects.RetrieveAsync(id)).ContentType.Value);
        },
        ["Create.Whole"] = async test =>
        {
            string id = await Samples.Create.Whole(test.Coffer);
            ObjectView view = await test.HoldsAsync(id, "month,total\n1,100\n"u8.ToArray(), "report.csv", "text");
            Assert.Equal(("text/csv", "maps", 30.0), (view.MimeType, view.Metadata!["project"], (view.DeleteAfter - view.CreatedAt)?.TotalDays));
        },
    };

    private string Printed
    {
        get
        {
            lock (_printer)
            {
                return _printed.ToString();
            }
        }
    }

    public static TheoryData<string> Names => [.. Runs.Keys];

    public async ValueTask InitializeAsync()
    {
        _api = await _server.Accounts.NewAsync();
        _coffer = SdkClient.For(_api);
        Environment.CurrentDirectory = _folder.Path;
        SetEnvironment("COFFER_URL", "COFFER_API_KEY");
        Console.SetOut(_printer);
    }

    public ValueTask DisposeAsync()
    {
        Console.SetOut(_console);
        ClearEnvironment();
        Environment.CurrentDirectory = _directory;
        _coffer?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory, MemberData(nameof(Names))]
    public Task A_sample_does_what_it_says(string name) => Runs[name](this);

    [Fact]
    public void Every_sample_is_run() =>
        Assert.Equal(
            (from type in typeof(Samples.Guide).Assembly.GetExportedTypes()
             where type is { IsAbstract: true, IsSealed: true }
             from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
             select $"{type.Name}.{method.Name}").Order(StringComparer.Ordinal),
            Runs.Keys.Order(StringComparer.Ordinal));

    /// <summary>Address and key for clients that are given none, in variables of these names alone.</summary>
    private void SetEnvironment(string urlName, string keyName)
    {
        ClearEnvironment();
        Environment.SetEnvironmentVariable(urlName, _api.Server.BaseUrl.ToString());
        Environment.SetEnvironmentVariable(keyName, _api.Token);
    }

    private static void ClearEnvironment()
    {
        foreach (string name in new[] { "COFFER_URL", "COFFER_API_KEY", "RUNLOOP_BASE_URL", "RUNLOOP_API_KEY" })
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    /// <summary>The files of a new bucket.</summary>
    private async Task<BucketFiles> BucketAsync()
    {
        string bucket = $"sample-{Guid.NewGuid():N}"; // one name in the whole installation
        await Coffer.Storage.CreateBucketAsync(bucket);
        return Coffer.Storage.From(bucket);
    }

    /// <summary>Fails if there is a bucket beside that of the Objects API.</summary>
    private static void AssertOnlyTheAccountsOwn(IReadOnlyList<Bucket> buckets) => Assert.StartsWith("objects", Assert.Single(buckets).Name, StringComparison.Ordinal);

    /// <summary>A sample mounts an archive, reads its files and leaves no devbox.</summary>
    private async Task MountsAsync(Func<CofferClient, Task<string>> sample)
    {
        _folder.Write("archive.tar.gz", ArchiveCalls.Tgz(("file1.txt", "one"), ("file/file2.txt", "two")));
        string id = await sample(Coffer);
        Assert.Equal("Archive contents: file1.txt: one file/file2.txt: two\n", Printed);
        DevboxView view = await Coffer.Devboxes.RetrieveAsync(id);
        Assert.Equal(("devbox-with-archive-object", DevboxStatus.Shutdown), (view.Name, view.Status));
    }

    private async Task<ObjectView> HoldsAsync(string id, byte[] bytes, string name, string contentClass)
    {
        ObjectView view = await Coffer.Objects.RetrieveAsync(id);
        Assert.Equal((name, contentClass, ObjectState.ReadOnly), (view.Name, view.ContentType.Value, view.State));
        Assert.Equal(bytes, (await _api.DownloadAsync(id)).Expect(200).Body);
        return view;
    }
}
