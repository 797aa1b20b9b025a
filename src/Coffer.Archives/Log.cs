using Coffer.Blobs;
using Microsoft.Extensions.Logging;

namespace Coffer.Archives;

internal static partial class Log
{
    [LoggerMessage(EventId = 6001, Level = LogLevel.Debug, Message = "Made the index of the archive in blob {BlobId}")]
    public static partial void IndexMade(ILogger logger, BlobId blobId);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Warning, Message = "The index of the archive in blob {BlobId} is damaged or of another version; it is made again")]
    public static partial void IndexDamaged(ILogger logger, BlobId blobId);
}
