using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>
/// POST /object/upload/sign/{bucket}/{key}: a URL to which one object can be sent without a key. With a <c>token</c> in the query it
/// is that sending: the published C# client posts where others put.
/// </summary>
internal static class SignUpload
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(2);

    public static async Task Handle(StorageCall call)
    {
        if (call.Http.Request.Query.ContainsKey("token"))
        {
            await UploadSigned.Handle(call);
            return;
        }

        Caller caller = await StorageAuth.CallerAsync(call);
        ObjectAddress address = call.Address;
        var wanted = new PutRequest(address)
        {
            Upsert = StorageHeaders.Upsert(call.Http.Request),
            Metadata = UserMetadata.Of(call.Http.Request),
        };
        await call.Dialect.Objects.CheckPutAsync(caller, wanted, length: null, call.Aborted);

        long expiresAtMs = call.Dialect.Objects.NowMs + (long)Life.TotalMilliseconds;
        string token = await call.Dialect.Links.SignUploadAsync(caller, address, wanted.Upsert, expiresAtMs, call.Aborted);
        await StorageJson.WriteAsync(call, json =>
        {
            json.WriteStartObject();
            json.WriteString("url"u8, SignedPaths.Upload(address, token));
            json.WriteString("token"u8, token);
            json.WriteEndObject();
        });
    }
}
