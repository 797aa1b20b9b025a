using Coffer.Access;
using Coffer.Buckets;

namespace Coffer.Dialects.Storage;

/// <summary>POST /bucket: makes a bucket.</summary>
/// <remarks>A bucket has one name here. Where <c>id</c> and <c>name</c> differ it is <c>id</c>, which all other calls go by.</remarks>
internal static class CreateBucket
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        using StorageBody body = await StorageBody.ReadAsync(call);
        BucketBody.RequireStandard(body);
        var draft = new BucketDraft
        {
            Name = body.Text("id") is { Length: > 0 } id ? id : body.RequiredText("name"),
            IsPublic = body.Flag("public") ?? false,
            SizeLimitBytes = BucketBody.SizeLimit(body),
            AllowedMediaTypes = BucketBody.MediaTypes(body),
        };

        Bucket made = await call.Dialect.Buckets.CreateAsync(caller, draft, call.Aborted);
        await StorageJson.WriteAsync(call, "name", made.Name);
    }
}
