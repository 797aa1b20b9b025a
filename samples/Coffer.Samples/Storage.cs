using System.Net.Http.Headers;
using Coffer.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Coffer.Samples;

/// <summary>The code of docs/storage-client.md.</summary>
public static class Storage
{
    public static async Task<string> FirstSteps(CofferClient coffer)
    {
        #region Storage.FirstSteps
        await coffer.Storage.CreateBucketAsync("scans");

        BucketFiles scans = coffer.Storage.From("scans");
        await scans.UploadTextAsync("2031/notes.txt", "Hello, world!");
        string text = await scans.DownloadTextAsync("2031/notes.txt");
        #endregion
        return text;
    }

    public static StorageClient Create(string url, string key)
    {
        #region Storage.Create
        var storage = StorageClient.Create(url, new Dictionary<string, string>
        {
            ["Authorization"] = $"Bearer {key}",
            ["apikey"] = key,
        });
        #endregion
        return storage;
    }

    public static StorageClient WithOptions(Uri address, string key)
    {
        #region Storage.WithOptions
        var storage = new StorageClient(new StorageClientOptions
        {
            Url = new Uri(address, "storage/v1"),
            Key = key,
            Timeout = TimeSpan.FromSeconds(60),
            MaxRetries = 2,
        });
        #endregion
        return storage;
    }

    public static void Services(IServiceCollection services, string key)
    {
        #region Storage.Services
        services.AddCoffer(options => options.BearerToken = key); // CofferClient and StorageClient can be injected
        #endregion
    }

    public static async Task Buckets(StorageClient storage)
    {
        #region Storage.Buckets
        await storage.CreateBucketAsync("avatars", settings: new()
        {
            IsPublic = true,
            FileSizeLimit = "5MB",
            AllowedMimeTypes = ["image/*"],
        });

        Bucket avatars = await storage.GetBucketAsync("avatars");
        Console.WriteLine($"{avatars.Name}: {avatars.FileSizeLimitBytes} bytes a file");

        await storage.UpdateBucketAsync("avatars", new() { FileSizeLimit = SizeLimit.None });
        foreach (Bucket bucket in await storage.ListBucketsAsync(new() { Search = "ava", SortBy = new(SortColumn.Name) }))
        {
            Console.WriteLine(bucket.Id);
        }

        await storage.EmptyBucketAsync("avatars");
        await storage.DeleteBucketAsync("avatars");
        #endregion
    }

    /// <summary>Expects scan.tif in the current directory.</summary>
    public static async Task<StoredFile> Upload(BucketFiles files)
    {
        #region Storage.Upload
        StoredFile scan = await files.UploadFileAsync("2031/scan.tif", "scan.tif", new()
        {
            ContentType = "image/tiff",
            CacheControl = TimeSpan.FromDays(1),
            Metadata = new() { ["page"] = 1 },
            Upsert = true,
        });
        await files.UpdateTextAsync("2031/notes.txt", "replaced, or new");
        #endregion
        return scan;
    }

    /// <summary>Expects a file 2031/scan.tif of at least a hundred bytes.</summary>
    public static async Task Download(BucketFiles files)
    {
        #region Storage.Download
        byte[] bytes = await files.DownloadAsync("2031/scan.tif");
        byte[] head = await files.DownloadAsync("2031/scan.tif", new() { Range = new RangeHeaderValue(0, 99) });
        await files.DownloadToFileAsync("2031/scan.tif", "copy.tif");

        using Stream content = await files.OpenReadAsync("2031/scan.tif");
        int firstByte = content.ReadByte();
        #endregion
        Console.WriteLine($"{bytes.Length} {head.Length} {firstByte}");
    }

    public static async Task List(BucketFiles files)
    {
        #region Storage.List
        foreach (StorageEntry entry in await files.ListAsync("2031"))
        {
            Console.WriteLine(entry.IsFolder ? $"{entry.Name}/" : $"{entry.Name}: {entry.Metadata?.SizeBytes} bytes");
        }

        await foreach (StorageEntry file in files.ListAllAsync(new() { Prefix = "2031/" }))
        {
            Console.WriteLine(file.Name);
        }
        #endregion
    }

    /// <summary>Expects a file 2031/notes.txt, and a bucket archive.</summary>
    public static async Task MoveCopyRemove(BucketFiles files)
    {
        #region Storage.MoveCopyRemove
        await files.MoveAsync("2031/notes.txt", "2031/old-notes.txt");
        await files.CopyAsync("2031/old-notes.txt", "notes.txt", new() { DestinationBucket = "archive", Upsert = true });

        if (await files.ExistsAsync("2031/old-notes.txt"))
        {
            await files.RemoveAsync(["2031/old-notes.txt"]);
        }
        #endregion
    }

    /// <summary>Expects a file 2031/scan.tif, and none of the name missing.tif.</summary>
    public static async Task<string> Links(BucketFiles files)
    {
        #region Storage.Links
        string link = await files.CreateSignedUrlAsync("2031/scan.tif", TimeSpan.FromMinutes(10), new() { Download = "scan.tif" });

        string[] wanted = ["2031/scan.tif", "missing.tif"];
        foreach (SignedUrlResult result in await files.CreateSignedUrlsAsync(wanted, TimeSpan.FromMinutes(10)))
        {
            Console.WriteLine(result.Url is null ? $"{result.Path}: {result.Error}" : $"{result.Path}: a link");
        }

        string everyones = files.GetPublicUrl("2031/scan.tif"); // works where the bucket is public
        #endregion
        Console.WriteLine(everyones);
        return link;
    }

    public static async Task SignedUpload(BucketFiles files, BucketFiles filesOfAnyone)
    {
        #region Storage.SignedUpload
        SignedUploadUrl ticket = await files.CreateSignedUploadUrlAsync("inbox/form.txt");

        await filesOfAnyone.UploadTextToSignedUrlAsync(ticket.Path, ticket.Token, "filled in");
        #endregion
    }

    /// <summary>Expects film.mp4 in the current directory.</summary>
    public static async Task Resumable(BucketFiles files)
    {
        #region Storage.Resumable
        var options = new ResumableUploadOptions
        {
            ResumeStore = new FileResumeStore("unfinished-uploads"),
            Progress = new Progress<TransferProgress>(p => Console.WriteLine($"{p.BytesDone} of {p.TotalBytes}")),
        };
        await files.UploadFileResumableAsync("film.mp4", "film.mp4", options);
        #endregion
    }

    public static async Task<string?> Errors(BucketFiles files)
    {
        #region Storage.Errors
        try
        {
            return await files.DownloadTextAsync("missing.txt");
        }
        catch (StorageException error) when (error.Code == "NoSuchKey")
        {
            return null;
        }
        catch (StorageException error) when (error.StatusCode == 403)
        {
            Console.Error.WriteLine($"Not allowed: {error.ServerMessage} (decision {error.DecisionId})");
            throw;
        }
        #endregion
    }

    public static void Blocking(BucketFiles files)
    {
        #region Storage.Blocking
        files.UploadText("note.txt", "blocking");
        Console.WriteLine(files.DownloadText("note.txt"));
        files.Remove(["note.txt"]);
        #endregion
    }
}
