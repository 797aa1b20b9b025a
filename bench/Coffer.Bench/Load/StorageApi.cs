using System.Text;

namespace Coffer.Bench.Load;

/// <summary>Calls of the Storage API with the service key, over one connection.</summary>
internal sealed class StorageApi(HttpConnection connection)
{
    /// <summary>Where TUS uploads begin.</summary>
    public const string ResumableTarget = $"{Root}/upload/resumable";

    private const string Root = "/storage/v1";
    private const string JsonType = "Content-Type: application/json\r\n";
    private const string JsonHeaders = ObjectsApi.Authorization + JsonType;

    /// <summary>The route of an object's bytes, for its upload, download and deletion.</summary>
    public static string ObjectTarget(string bucket, string key) => $"{Root}/object/{bucket}/{key}";

    /// <summary>The route of an object's bytes in a public bucket, for anybody.</summary>
    public static string PublicTarget(string bucket, string key) => $"{Root}/object/public/{bucket}/{key}";

    public static string AuthorizationOf(string token) => $"Authorization: Bearer {token}\r\n";

    /// <summary>Makes a bucket, unless it is there.</summary>
    public void OpenBucket(string name, bool isPublic)
    {
        if (!connection.Get($"{Root}/bucket/{name}", ObjectsApi.Authorization).IsSuccess)
        {
            string body = $$"""{"id":"{{name}}","name":"{{name}}","public":{{(isPublic ? "true" : "false")}}}""";
            Expect("POST", $"{Root}/bucket", body, "the bucket");
        }
    }

    /// <summary>Opens each user's own folder to that user, and nothing else to anybody: one policy, which the preset writes.</summary>
    public void OpenOwnFolders(string bucket) => Expect(
        "PUT", "/admin/v1/policies", $$"""{"replace":true,"policies":[{"preset":"own-folder","bucket":"{{bucket}}"}]}""", "the policy");

    /// <summary>Makes a second object with the same bytes, which are shared, in the place of what may be there.</summary>
    public void Copy(string fromBucket, string fromKey, string bucket, string key) => ObjectsApi.Expect(
        connection.Send(
            "POST", $"{Root}/object/copy", JsonHeaders + "x-upsert: true\r\n",
            Encoding.UTF8.GetBytes(
                $$"""{"bucketId":"{{fromBucket}}","sourceKey":"{{fromKey}}","destinationBucket":"{{bucket}}","destinationKey":"{{key}}"}""")),
        "the copy");

    /// <summary>A list, by whoever has the token.</summary>
    /// <param name="version">"list" or "list-v2".</param>
    public Answer List(string version, string bucket, ReadOnlySpan<byte> body, string token) => ObjectsApi.Expect(
        connection.Send("POST", $"{Root}/object/{version}/{bucket}", AuthorizationOf(token) + JsonType, body), "the list");

    private void Expect(string method, string target, string json, string what) =>
        ObjectsApi.Expect(connection.Send(method, target, JsonHeaders, Encoding.UTF8.GetBytes(json)), what);
}
