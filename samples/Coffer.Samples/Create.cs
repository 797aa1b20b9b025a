using Coffer.Client;

namespace Coffer.Samples;

/// <summary>The code of docs/create-object.md.</summary>
public static class Create
{
    public static async Task<string> Minimal(string key)
    {
        #region Create.Minimal
        using var coffer = new CofferClient(new CofferClientOptions { BearerToken = key });

        ObjectView objectView = await coffer.Objects.CreateAsync(new() { ContentType = ObjectContentType.Unspecified, Name = "name" });

        Console.WriteLine(objectView.Id);
        #endregion
        return objectView.Id;
    }

    public static async Task<string> Whole(CofferClient coffer)
    {
        #region Create.Whole
        ObjectView created = await coffer.Objects.CreateAsync(
            new ObjectCreateRequest
            {
                Name = "report.csv",
                ContentType = "text/csv",
                Metadata = new Dictionary<string, string> { ["project"] = "maps" },
                TimeToLive = TimeSpan.FromDays(30),
                IsPublic = false,
            },
            new RequestOptions { IdempotencyKey = "report-2026-11" });

        var report = new StorageObject(coffer, created.Id, created.UploadUrl);
        await report.UploadContentAsync("month,total\n1,100\n");
        await report.CompleteAsync();
        #endregion
        return created.Id;
    }
}
