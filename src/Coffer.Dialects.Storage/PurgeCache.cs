namespace Coffer.Dialects.Storage;

/// <summary>DELETE /cdn, /cdn/{bucket}, /cdn/{bucket}/{key}: there is no cache in front of the store, so none holds anything afterwards.</summary>
internal static class PurgeCache
{
    public static async Task Handle(StorageCall call)
    {
        await StorageAuth.ServiceAsync(call);
        await StorageJson.WriteAsync(call, "message", "success");
    }
}
