using Coffer.Access;
using Coffer.Buckets;

namespace Coffer.Dialects.Storage;

/// <summary>POST /bucket: makes a bucket.</summary>
/// <remarks>All other calls go by its <c>id</c>; <c>name</c> is shown, searched and sorted by.</remarks>
internal static class CreateBucket
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        using StorageBody body = await StorageBody.ReadAsync(call);
        BucketBody.RequireStandard(body);
        string name = body.RequiredText("name");
        var draft = new BucketDraft
        {
            Name = body.Text("id") is { Length: > 0 } id ? id : name,
            Title = name,
            IsPublic = body.Flag("public") ?? false,
            SizeLimitBytes = BucketBody.SizeLimit(body),
            AllowedMediaTypes = BucketBody.MediaTypes(body),
        };

        Bucket made = await call.Dialect.Buckets.CreateAsync(caller, draft, call.Aborted);
        await StorageJson.WriteAsync(call, "name", made.ShownName);
    }
}
