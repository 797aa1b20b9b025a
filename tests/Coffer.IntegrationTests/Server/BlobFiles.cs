namespace Coffer.IntegrationTests.Server;

/// <summary>The files in which a server keeps larger contents.</summary>
internal static class BlobFiles
{
    public static string[] All(CofferProcess server) =>
        Directory.Exists(Path.Combine(server.Data, "blobs"))
            ? Directory.GetFiles(Path.Combine(server.Data, "blobs"), "*", SearchOption.AllDirectories)
            : [];

    /// <summary>The file that an action adds; nothing else may write meanwhile.</summary>
    public static async Task<string> MadeByAsync(CofferProcess server, Func<Task> action)
    {
        string[] before = All(server);
        await action();
        return Assert.Single(All(server).Except(before));
    }
}
