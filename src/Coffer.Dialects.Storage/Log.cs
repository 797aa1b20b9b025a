using Microsoft.Extensions.Logging;

namespace Coffer.Dialects.Storage;

internal static partial class Log
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Warning, Message = "Bucket {Bucket} is named like a word of a route: some calls mean the route")]
    public static partial void BucketLikeRoute(ILogger logger, string bucket);
}
