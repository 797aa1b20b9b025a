using Coffer.Blobs;
using Microsoft.Extensions.Logging;

namespace Coffer.Upkeep;

internal static partial class Log
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "Removed {Count} rows that had ended")]
    public static partial void Reaped(ILogger logger, int count);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning,
        Message = "Removing is put off for {Hold}: {Expired} objects of {Objects} would end at once, or the clock jumped. "
            + "Reads honour expiry meanwhile. If the clock is right, run: coffer reap --confirm")]
    public static partial void ReapingHeld(ILogger logger, long expired, long objects, TimeSpan hold);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Debug, Message = "Deleted the bytes of {Count} released blobs")]
    public static partial void Swept(ILogger logger, int count);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Information, Message = "Cleared {Count} blobs that no row refers to")]
    public static partial void LitterCleared(ILogger logger, int count);

    [LoggerMessage(EventId = 1005, Level = LogLevel.Information, Message = "Checked {Contents} contents of {SizeBytes} bytes: {Bad} damaged")]
    public static partial void Scrubbed(ILogger logger, long contents, long sizeBytes, long bad);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Error, Message = "Blob {BlobId} is damaged or missing: restore it from a backup")]
    public static partial void ScrubFoundDamage(ILogger logger, BlobId blobId);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Error, Message = "{Work} failed and is tried again later")]
    public static partial void WorkFailed(ILogger logger, Exception failure, string work);

    [LoggerMessage(EventId = 1008, Level = LogLevel.Error,
        Message = "{Count} blobs that nothing refers to could not be deleted, {BlobId} the last of them; they are tried again later")]
    public static partial void BlobsNotDeleted(ILogger logger, Exception first, int count, BlobId blobId);
}
