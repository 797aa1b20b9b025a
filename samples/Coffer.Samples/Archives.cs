using Coffer.Client;

namespace Coffer.Samples;

/// <summary>The code of docs/archives.md.</summary>
public static class Archives
{
    /// <summary>Expects a directory src with main.c in the current directory.</summary>
    public static async Task<string> Look(CofferClient coffer)
    {
        #region Archives.Look
        StorageObject archive = await coffer.StorageObjects.UploadFromDirectoryAsync("src");

        await foreach (ArchiveEntry entry in archive.ListAllEntriesAsync())
        {
            Console.WriteLine($"{entry.Mode} {entry.SizeBytes} {entry.Name}");
        }

        using var reader = new StreamReader(await archive.OpenEntryAsync("main.c"));
        string source = await reader.ReadToEndAsync();
        #endregion
        return source;
    }

    public static int Page(CofferClient coffer, string objectId)
    {
        #region Archives.Page
        var request = new ArchiveEntryListRequest { Limit = 100, StartingAfter = "src/" };
        ArchiveEntryPage page = coffer.Objects.ListEntries(objectId, request);

        Console.WriteLine($"{page.Entries.Count} of {page.TotalCount}, more: {page.HasMore}");
        #endregion
        return page.Entries.Count;
    }
}
