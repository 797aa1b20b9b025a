using Coffer.Access;

namespace Coffer.Dialects.Storage;

/// <summary>DELETE /object/{bucket}/{key}: deletes one object.</summary>
internal static class DeleteObject
{
    public static async Task Handle(StorageCall call)
    {
        Caller caller = await StorageAuth.CallerAsync(call);
        try
        {
            await call.Dialect.Objects.DeleteAsync(caller, call.Address, call.Aborted);
        }
        catch (StoreException refused) when (refused.Code is StoreErrorCode.AccessDenied)
        {
            await StorageErrors.WriteAsync(call, StorageErrors.MayNotDelete, refused.Message, refused.DecisionId);
            return;
        }

        await StorageJson.WriteAsync(call, "message", "Successfully deleted");
    }
}
