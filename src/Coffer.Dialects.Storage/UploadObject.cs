using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>POST /object/{bucket}/{key}: stores an object, as a form's file or as the whole body; over another one only with <c>x-upsert: true</c>.</summary>
internal static class UploadObject
{
    public static Task Handle(StorageCall call) => StoreAsync(call, StorageHeaders.Upsert(call.Http.Request));

    public static async Task StoreAsync(StorageCall call, bool upsert)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        ObjectAddress address = call.Address;
        await using UploadBody body = await UploadBody.ReadAsync(call, new PutRequest(address) { Upsert = upsert });

        StoredObject stored = await call.Dialect.Objects.PutAsync(caller, body.Request, body.Content, body.Length, call.Aborted);

        await StorageJson.WriteAsync(call, json =>
        {
            json.WriteStartObject();
            json.WriteString("Key"u8, address.ToString());
            json.WriteString("Id"u8, stored.KeyId);
            json.WriteEndObject();
        });
    }
}
