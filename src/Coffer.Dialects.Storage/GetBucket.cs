using Coffer.Access;
using Coffer.Buckets;

namespace Coffer.Dialects.Storage;

/// <summary>GET /bucket/{bucket}: one bucket.</summary>
internal static class GetBucket
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        Bucket found = await call.Dialect.Buckets.GetAsync(caller, call.Bucket, call.Aborted);
        await StorageJson.WriteAsync(call, json => BucketJson.Write(json, found, withType: false));
    }
}
