using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>POST /object/move: gives an object another key, perhaps in another bucket; never one that is taken.</summary>
internal static class MoveObject
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        using StorageBody body = await StorageBody.ReadAsync(call);
        (ObjectAddress source, ObjectAddress destination) = Addresses(body);
        try
        {
            await call.Dialect.Objects.MoveAsync(caller, source, destination, call.Aborted);
        }
        catch (StoreException refused) when (refused.Code is StoreErrorCode.ObjectExists)
        {
            throw new StorageRefusal(StorageErrors.MovedOnto, refused.Message);
        }

        await StorageJson.WriteAsync(call, "message", "Successfully moved");
    }

    /// <summary>What a move and a copy are between.</summary>
    public static (ObjectAddress Source, ObjectAddress Destination) Addresses(StorageBody body)
    {
        string bucket = body.RequiredText("bucketId");
        var source = new ObjectAddress(bucket, StorageKey.Of(body.RequiredText("sourceKey")));
        string destination = body.Text("destinationBucket") is { Length: > 0 } other ? other : bucket;
        return (source, new ObjectAddress(destination, StorageKey.Of(body.RequiredText("destinationKey"))));
    }
}
