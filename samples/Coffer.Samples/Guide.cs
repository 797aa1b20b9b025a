using Coffer.Client;

namespace Coffer.Samples;

/// <summary>The code of docs/objects-guide.md.</summary>
public static class Guide
{
    public static async Task<string> UploadText(CofferClient coffer)
    {
        #region Guide.UploadText
        string content = "Hello, world!";
        string fileName = "hello.txt";

        StorageObject storageObject = await coffer.StorageObjects.UploadFromTextAsync(content, fileName);
        string storageObjectId = storageObject.Id;
        #endregion
        return storageObjectId;
    }

    /// <summary>Expects hello.txt in the current directory.</summary>
    public static async Task<string> UploadFile(CofferClient coffer)
    {
        #region Guide.UploadFile
        StorageObject storageObject = await coffer.StorageObjects.UploadFromFileAsync("./hello.txt", name: "hello.txt");
        string storageObjectId = storageObject.Id;
        #endregion
        return storageObjectId;
    }

    /// <summary>Expects archive.tar.gz in the current directory.</summary>
    public static async Task<string> UploadArchive(CofferClient coffer)
    {
        #region Guide.UploadArchive
        // Archive contents:
        // file1.txt
        // file/file2.txt
        StorageObject storageObject = await coffer.StorageObjects.UploadFromFileAsync("./archive.tar.gz", name: "archive.tar.gz");

        ObjectView details = await storageObject.GetInfoAsync();
        Console.WriteLine($"Content type: {details.ContentType}"); // tgz
        #endregion
        return storageObject.Id;
    }

    /// <summary>Expects the directory archive in the current directory.</summary>
    public static async Task<string> PackArchive(CofferClient coffer)
    {
        #region Guide.PackArchive
        StorageObject storageObject = await coffer.StorageObjects.UploadFromDirectoryAsync("./archive");
        #endregion
        return storageObject.Id;
    }

    public static async Task Retrieve(CofferClient coffer, string objectId)
    {
        #region Guide.Retrieve
        StorageObject storageObject = coffer.StorageObjects.FromId(objectId);
        ObjectView objectDetails = await storageObject.GetInfoAsync();

        Console.WriteLine($"Object name: {objectDetails.Name}");
        Console.WriteLine($"Content type: {objectDetails.ContentType}");
        Console.WriteLine($"Created: {objectDetails.CreatedAt}");
        #endregion
    }

    public static async Task List(CofferClient coffer)
    {
        #region Guide.List
        StorageObjectPage objectsList = await coffer.StorageObjects.ListAsync(new() { Limit = 20 });
        Console.WriteLine($"Total objects: {objectsList.TotalCount}");

        foreach (StorageObject storageObject in objectsList)
        {
            Console.WriteLine($"- (ID: {storageObject.Id})");
        }
        #endregion
    }

    public static async Task ListAll(CofferClient coffer)
    {
        #region Guide.ListAll
        await foreach (ObjectView found in coffer.Objects.ListAllAsync(new() { ContentType = ObjectContentType.Text }))
        {
            Console.WriteLine($"- {found.Name} ({found.SizeBytes} bytes)");
        }
        #endregion
    }

    public static async Task ListPublic(CofferClient coffer)
    {
        #region Guide.ListPublic
        ObjectPage publicObjects = await coffer.Objects.ListPublicAsync(new() { Limit = 20 });
        Console.WriteLine($"Public objects available: {publicObjects.TotalCount}");

        foreach (ObjectView found in publicObjects.Objects)
        {
            Console.WriteLine($"- {found.Name} (ID: {found.Id})");
        }
        #endregion
    }

    public static async Task<string> MakeDownloadUrl(CofferClient coffer, string objectId)
    {
        #region Guide.MakeDownloadUrl
        int secondsToExpire = 3600;
        StorageObject storageObject = coffer.StorageObjects.FromId(objectId);

        ObjectDownloadUrl downloadUrlInfo = await storageObject.GetDownloadUrlAsync(secondsToExpire);

        Console.WriteLine($"Download URL: {downloadUrlInfo.Url}");
        Console.WriteLine($"Expires at: {downloadUrlInfo.ExpiresAt}");
        #endregion
        return downloadUrlInfo.Url;
    }

    public static async Task Delete(CofferClient coffer, string objectId)
    {
        #region Guide.Delete
        StorageObject storageObject = coffer.StorageObjects.FromId(objectId);
        ObjectView deletedObject = await storageObject.DeleteAsync();

        Console.WriteLine($"Object deleted: {deletedObject.Name}");
        #endregion
    }

    public static async Task<string> Share(CofferClient coffer)
    {
        #region Guide.Share
        StorageObject shared = await coffer.StorageObjects.UploadFromTextAsync(
            "{ \"retries\": 3 }",
            "app-config.json",
            contentType: "application/json",
            options: new() { IsPublic = true, TimeToLive = TimeSpan.FromDays(30) });

        Console.WriteLine($"Anyone can read {(await shared.GetInfoAsync()).PublicUrl}");

        await coffer.Objects.UpdateAsync(shared.Id, new() { IsPublic = false }); // and now nobody else can
        #endregion
        return shared.Id;
    }

    public static async Task CleanUp(CofferClient coffer)
    {
        #region Guide.CleanUp
        DateTimeOffset monthAgo = DateTimeOffset.UtcNow.AddDays(-30);
        await foreach (ObjectView found in coffer.Objects.ListAllAsync())
        {
            if ((found.LastAccessedAt ?? found.CreatedAt) < monthAgo)
            {
                await coffer.Objects.DeleteAsync(found.Id);
            }
        }
        #endregion
    }
}
