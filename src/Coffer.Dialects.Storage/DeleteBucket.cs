using Coffer.Access;

namespace Coffer.Dialects.Storage;

/// <summary>DELETE /bucket/{bucket}: removes an empty bucket. Whatever body comes along is not looked at.</summary>
internal static class DeleteBucket
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        await call.Dialect.Buckets.DeleteAsync(caller, call.Bucket, call.Aborted);
        await StorageJson.WriteAsync(call, "message", "Successfully deleted");
    }
}
