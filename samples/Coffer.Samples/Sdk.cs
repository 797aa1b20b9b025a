using Coffer.Client;

namespace Coffer.Samples;

/// <summary>The code of docs/sdk.md.</summary>
public static class Sdk
{
    public static async Task<string> FirstSteps(Uri address, string key)
    {
        #region Sdk.FirstSteps
        using var coffer = new CofferClient(address, key);

        StorageObject greeting = await coffer.StorageObjects.UploadFromTextAsync("Hello, world!", "hello.txt");
        string text = await greeting.DownloadAsTextAsync();
        #endregion
        return text;
    }

    public static CofferClient FromEnvironment()
    {
        #region Sdk.FromEnvironment
        var coffer = new CofferClient(); // COFFER_URL and COFFER_API_KEY
        #endregion
        return coffer;
    }

    public static CofferClient WithOptions(string key)
    {
        #region Sdk.WithOptions
        var coffer = new CofferClient(new CofferClientOptions
        {
            BaseUrl = new Uri("https://files.example.com/coffer"),
            BearerToken = key,
            Timeout = TimeSpan.FromSeconds(10),
            MaxRetries = 2,
            Headers = { ["X-Team"] = "research" },
        });
        #endregion
        return coffer;
    }

    public static CofferClient Runloop(string key)
    {
        #region Sdk.Runloop
        var runloop = new CofferClient(new Uri("https://api.runloop.ai"), key);
        #endregion
        return runloop;
    }

    /// <summary>Expects scan.tif in the current directory.</summary>
    public static async Task<string> Progress(CofferClient coffer)
    {
        #region Sdk.Progress
        var progress = new Progress<TransferProgress>(p => Console.WriteLine($"{p.BytesDone} of {p.TotalBytes}"));

        StorageObject scan = await coffer.StorageObjects.UploadFromFileAsync(
            "scan.tif",
            contentType: ObjectContentType.MimeFromPath("scan.tif"),
            options: new()
            {
                Metadata = new Dictionary<string, string> { ["project"] = "maps" },
                TimeToLive = TimeSpan.FromDays(90),
                Progress = progress,
                DeleteOnFailure = true,
            });
        #endregion
        return scan.Id;
    }

    public static async Task<string> Streams(CofferClient coffer, Stream source, Stream destination)
    {
        #region Sdk.Streams
        StorageObject stored = await coffer.StorageObjects.UploadFromStreamAsync(source, "backup.sql", ObjectContentType.Text);
        await stored.DownloadToAsync(destination);
        #endregion
        return stored.Id;
    }

    /// <summary>Expects the directory site in the current directory.</summary>
    public static async Task<string> Directories(CofferClient coffer)
    {
        #region Sdk.Directories
        StorageObject site = await coffer.StorageObjects.UploadFromDirectoryAsync("site", options: new()
        {
            IgnorePatterns = ["node_modules", "**/*.log", "!keep.log"],
            UseDockerIgnore = true,
            Ignore = entry => entry.SizeBytes > 100_000_000,
        });
        #endregion
        return site.Id;
    }

    public static async Task<bool> Errors(CofferClient coffer, string objectId)
    {
        #region Sdk.Errors
        try
        {
            await coffer.Objects.RetrieveAsync(objectId);
            return true;
        }
        catch (CofferException error) when (error.Status == System.Net.HttpStatusCode.NotFound)
        {
            return false;
        }
        catch (CofferException error) when (error.IsTransient)
        {
            Console.Error.WriteLine($"Not now: {error.Message} (request {error.RequestId})");
            throw;
        }
        #endregion
    }

    public static async Task<string> PerCall(CofferClient coffer)
    {
        #region Sdk.PerCall
        var request = new ObjectCreateRequest { Name = "order-42.json", ContentType = ObjectContentType.Text };
        ObjectView view = await coffer.Objects.CreateAsync(request, new RequestOptions
        {
            IdempotencyKey = "order-42", // a second call with this key makes no second object
            Timeout = TimeSpan.FromSeconds(5),
            Headers = { ["X-Trace"] = "abc" },
        });
        #endregion
        return view.Id;
    }

    /// <summary>Needs a service key.</summary>
    public static async Task<string> Admin(CofferClient coffer)
    {
        #region Sdk.Admin
        AccountView account = await coffer.Admin.CreateAccountAsync("research");
        var wanted = new KeyCreateRequest { Account = account.Name, Right = KeyRight.Service, Label = "notebook" };
        CreatedKey key = await coffer.Admin.CreateKeyAsync(wanted);
        Console.WriteLine($"Keep this, it is not shown again: {key.Token}");

        await coffer.Admin.RevokeKeyAsync(key.Id);
        #endregion
        return key.Id;
    }

    #region Sdk.StandIn
    public sealed class StandInObjects : ObjectsClient
    {
        public override Task<ObjectView> RetrieveAsync(
            string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ObjectView { Id = id, Name = "from the test", State = ObjectState.ReadOnly });
    }

    public sealed class StandInClient() : CofferClient(new StandInObjects());
    #endregion
}
