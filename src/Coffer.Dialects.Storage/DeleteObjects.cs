using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>DELETE /object/{bucket}: deletes the objects with these keys, and answers those that it deleted.</summary>
internal static class DeleteObjects
{
    /// <summary>More than a body of 1 MiB holds of keys as programs make them.</summary>
    private const int MaxKeys = 100_000;

    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        using StorageBody body = await StorageBody.ReadAsync(call);
        string bucket = call.Bucket;
        string[] keys = [.. body.RequiredTexts("prefixes", MaxKeys).Select(key => key.TrimStart('/'))];

        // Each may have a MiB of metadata, and the answer shows it: it is sent while others are deleted.
        await StorageJson.WriteAllAsync(
            call,
            call.Dialect.Objects.DeleteManyAsync(caller, bucket, keys, call.Aborted),
            (json, shown) =>
            {
                json.WriteStartObject();
                ObjectJson.WriteRow(json, shown, bucket);
                json.WriteEndObject();
            });
    }
}
