using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>DELETE /object/{bucket}: deletes the objects with these keys, and answers those that it deleted.</summary>
internal static class DeleteObjects
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        using StorageBody body = await StorageBody.ReadAsync(call);
        string bucket = call.Bucket;
        string[] keys = [.. body.RequiredTexts("prefixes", int.MaxValue).Select(key => key.TrimStart('/'))];

        IReadOnlyList<StoredObject> deleted = await call.Dialect.Objects.DeleteManyAsync(caller, bucket, keys, call.Aborted);

        await StorageJson.WriteAsync(call, json =>
        {
            json.WriteStartArray();
            foreach (StoredObject shown in deleted)
            {
                json.WriteStartObject();
                ObjectJson.WriteRow(json, shown, bucket);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }
}
