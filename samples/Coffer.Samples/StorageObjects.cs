using Coffer.Client;

namespace Coffer.Samples;

/// <summary>The code of docs/storage-object.md.</summary>
public static class StorageObjects
{
    public static async Task<string> WholeLife(CofferClient coffer)
    {
        #region StorageObject.WholeLife
        StorageObject report = await coffer.StorageObjects.CreateAsync(new()
        {
            Name = "report.csv",
            ContentType = ObjectContentType.Text,
        });

        await report.UploadContentAsync("month,total\n1,100\n");
        ObjectView complete = await report.CompleteAsync();
        Console.WriteLine($"{report} has {complete.SizeBytes} bytes");

        string text = await report.DownloadAsTextAsync();
        await report.DeleteAsync();
        #endregion
        return text;
    }

    public static async Task<string> WithUrl(CofferClient coffer)
    {
        #region StorageObject.WithUrl
        ObjectView created = await coffer.Objects.CreateAsync(new() { Name = "n", ContentType = ObjectContentType.Binary });
        var storageObject = new StorageObject(coffer, created.Id, created.UploadUrl);
        #endregion
        return storageObject.Id;
    }

    public static async Task Refresh(CofferClient coffer, string objectId)
    {
        StorageObject storageObject = coffer.StorageObjects.FromId(objectId);
        #region StorageObject.Refresh
        ObjectView view = await storageObject.RefreshAsync();
        if (view.State == ObjectState.ReadOnly)
        {
            Console.WriteLine($"{view.Name}: {view.SizeBytes} bytes");
        }
        #endregion
    }

    public static async Task<string> UploadContent(CofferClient coffer)
    {
        StorageObject storageObject = await coffer.StorageObjects.CreateAsync(new() { Name = "n", ContentType = "text" });
        #region StorageObject.UploadContent
        using FileStream log = File.OpenRead("app.log");
        await storageObject.UploadContentAsync(log);
        await storageObject.CompleteAsync();
        #endregion
        return storageObject.Id;
    }

    public static async Task Download(CofferClient coffer, string objectId)
    {
        StorageObject storageObject = coffer.StorageObjects.FromId(objectId);
        #region StorageObject.Download
        byte[] bytes = await storageObject.DownloadAsBytesAsync();
        string text = await storageObject.DownloadAsTextAsync();
        await storageObject.DownloadToFileAsync("copy.bin");

        using Stream content = await storageObject.OpenReadAsync();
        int firstByte = content.ReadByte();
        #endregion
        Console.WriteLine($"{bytes.Length} {text.Length} {firstByte}");
    }

    public static async Task DownloadUrl(CofferClient coffer, string objectId)
    {
        StorageObject storageObject = coffer.StorageObjects.FromId(objectId);
        #region StorageObject.DownloadUrl
        ObjectDownloadUrl hour = await storageObject.GetDownloadUrlAsync();
        ObjectDownloadUrl day = await storageObject.GetDownloadUrlAsync(TimeSpan.FromDays(1));
        ObjectDownloadUrl minute = await storageObject.GetDownloadUrlAsync(60);
        #endregion
        Console.WriteLine($"{hour.Url} {day.Url} {minute.Url}");
    }

    public static void Blocking(CofferClient coffer)
    {
        #region StorageObject.Blocking
        StorageObject note = coffer.StorageObjects.UploadFromText("blocking", "note.txt");
        Console.WriteLine(note.DownloadAsText());
        note.Delete();
        #endregion
    }
}
