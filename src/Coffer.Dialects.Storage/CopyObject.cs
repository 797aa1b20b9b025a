using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>POST /object/copy: a second object with the same bytes; onto itself with <c>x-upsert: true</c> it changes headers and metadata.</summary>
internal static class CopyObject
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        using StorageBody body = await StorageBody.ReadAsync(call);
        using StorageBody? headers = body.Nested("metadata");
        (ObjectAddress source, ObjectAddress destination) = MoveObject.Addresses(body);
        var wanted = new CopyRequest(source, destination)
        {
            KeepMetadata = body.Flag("copyMetadata") ?? true,
            Metadata = UserMetadata.Of(call.Http.Request),
            MediaType = headers?.Text("mimetype"),
            CacheControl = StorageHeaders.Sendable(headers?.Text("cacheControl"), "cacheControl"),
            ContentEncoding = StorageHeaders.Sendable(headers?.Text("contentEncoding"), "contentEncoding"),
            Upsert = StorageHeaders.Upsert(call.Http.Request),
        };

        StoredObject copied = await call.Dialect.Objects.CopyAsync(caller, wanted, call.Aborted);

        await StorageJson.WriteAsync(call, json =>
        {
            json.WriteStartObject();
            json.WriteString("Key"u8, destination.ToString());
            json.WriteString("Id"u8, copied.KeyId);
            ObjectJson.WriteRow(json, copied, destination.Bucket);
            json.WriteEndObject();
        });
    }
}
