using System.Collections.Frozen;
using Coffer.Access;
using Coffer.Buckets;

namespace Coffer.Dialects.Storage;

/// <summary>POST /bucket: makes a bucket.</summary>
/// <remarks>All other calls go by its <c>id</c>; <c>name</c> is shown, searched and sorted by.</remarks>
internal static class CreateBucket
{
    /// <summary>What may follow <c>/object/</c> and is no bucket then.</summary>
    private static readonly FrozenSet<string> RouteWords =
        FrozenSet.Create(StringComparer.Ordinal, "authenticated", "copy", "info", "list", "list-v2", "move", "public", "sign", "upload");

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
        if (RouteWords.Contains(made.Name))
        {
            Log.BucketLikeRoute(call.Dialect.Logger, made.Name);
        }

        await StorageJson.WriteAsync(call, "name", made.ShownName);
    }
}
