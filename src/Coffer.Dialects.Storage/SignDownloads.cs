using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>POST /object/sign/{bucket}: a URL for each of some keys; an error in its place for those that the caller may not read.</summary>
internal static class SignDownloads
{
    private const int MaxPaths = 1000;
    private const string NotReadable = "Either the object does not exist or you do not have access to it";

    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        using StorageBody body = await StorageBody.ReadAsync(call);
        long expiresAtMs = SignedPaths.ExpiryOf(call, body);
        IReadOnlyList<string> paths = body.RequiredTexts("paths", MaxPaths);
        string bucket = call.Bucket;
        string[] keys = [.. paths.Select(path => path.TrimStart('/'))];

        IReadOnlyList<bool> readable = await call.Dialect.Objects.AreReadableAsync(caller, bucket, keys, call.Aborted);
        ObjectAddress[] addresses = [.. keys.Where((_, i) => readable[i]).Select(key => new ObjectAddress(bucket, key))];
        IReadOnlyList<string> tokens = await call.Dialect.Links.SignDownloadsAsync(caller, addresses, expiresAtMs, call.Aborted);
        var signed = new string?[keys.Length];
        for (int i = 0, next = 0; i < keys.Length; i++)
        {
            signed[i] = readable[i] ? SignedPaths.Download(addresses[next], tokens[next++]) : null;
        }

        await StorageJson.WriteAsync(call, json =>
        {
            json.WriteStartArray();
            for (int i = 0; i < signed.Length; i++)
            {
                json.WriteStartObject();
                json.WriteString("error"u8, signed[i] is null ? NotReadable : null);
                json.WriteString("path"u8, paths[i]);
                json.WriteString("signedURL"u8, signed[i]);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }
}
