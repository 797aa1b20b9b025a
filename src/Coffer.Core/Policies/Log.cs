using Microsoft.Extensions.Logging;

namespace Coffer.Policies;

internal static partial class Log
{
    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "{Count} refusals of policies could not be written; they wait and are tried again")]
    public static partial void DecisionsNotWritten(ILogger logger, Exception failure, int count);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Warning, Message = "{Count} refusals of policies could not be written before the end, and cannot be explained")]
    public static partial void DecisionsNotKept(ILogger logger, Exception failure, int count);
}
