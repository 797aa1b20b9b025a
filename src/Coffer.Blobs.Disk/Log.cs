using Microsoft.Extensions.Logging;

namespace Coffer.Blobs.Disk;

/// <summary>Event ids 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Debug, Message = "Wrote blob {BlobId} ({SizeBytes} bytes)")]
    public static partial void BlobWritten(ILogger logger, BlobId blobId, long sizeBytes);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Debug, Message = "Sealed blob {BlobId} ({SizeBytes} bytes)")]
    public static partial void BlobSealed(ILogger logger, BlobId blobId, long sizeBytes);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Debug, Message = "Deleted blob {BlobId}")]
    public static partial void BlobDeleted(ILogger logger, BlobId blobId);

    [LoggerMessage(EventId = 2010, Level = LogLevel.Error, Message = "Blob {BlobId} is corrupt")]
    public static partial void BlobCorrupt(ILogger logger, BlobId blobId);

    [LoggerMessage(EventId = 2011, Level = LogLevel.Debug, Message = "Cleared {Count} unfinished files out of staging")]
    public static partial void LitterCleared(ILogger logger, int count);

    [LoggerMessage(EventId = 2012, Level = LogLevel.Warning, Message = "The folders of the blobs cannot be used at the moment")]
    public static partial void ProbeFailed(ILogger logger, Exception reason);

    [LoggerMessage(EventId = 2013, Level = LogLevel.Warning, Message = "A sync failed; the staged bytes of blob {BlobId} are thrown away")]
    public static partial void SyncFailed(ILogger logger, BlobId blobId, Exception reason);
}
