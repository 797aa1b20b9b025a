using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>
/// GET or HEAD of /object/{bucket}/{key}, /object/authenticated/{bucket}/{key}, /object/public/{bucket}/{key}: the bytes.
/// </summary>
internal static class DownloadObject
{
    /// <summary>With or without a token: without one, of public buckets only.</summary>
    public static async Task Handle(StorageCall call) => await SendAsync(call, await StorageAuth.CallerIfAnyAsync(call));

    public static async Task Authenticated(StorageCall call) => await SendAsync(call, await StorageAuth.CallerAsync(call));

    public static async Task OfPublic(StorageCall call)
    {
        using OpenObject content = await call.Dialect.Objects.OpenPublicAsync(call.Address, call.Aborted);
        await DownloadContent.SendAsync(call, content);
    }

    private static async Task SendAsync(StorageCall call, Caller caller)
    {
        using OpenObject content = await call.Dialect.Objects.OpenAsync(caller, call.Address, call.Aborted);
        await DownloadContent.SendAsync(call, content);
    }
}
