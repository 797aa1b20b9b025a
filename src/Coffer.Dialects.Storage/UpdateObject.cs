namespace Coffer.Dialects.Storage;

/// <summary>PUT /object/{bucket}/{key}: stores an object whether or not there is one.</summary>
internal static class UpdateObject
{
    public static Task Handle(StorageCall call) => UploadObject.StoreAsync(call, upsert: true);
}
