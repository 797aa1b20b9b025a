using Microsoft.Extensions.Logging;

namespace Coffer.Devboxes;

internal static partial class Log
{
    [LoggerMessage(EventId = 6101, Level = LogLevel.Warning,
        Message = "Devboxes share the user of this server: it is not root, or cannot give files away ({Reason})")]
    public static partial void SharedUser(ILogger logger, string reason);

    [LoggerMessage(EventId = 6102, Level = LogLevel.Information, Message = "{Running} devboxes run on; {Ended} were cut off or had ended meanwhile")]
    public static partial void Restored(ILogger logger, int running, int ended);

    [LoggerMessage(EventId = 6103, Level = LogLevel.Error, Message = "The files of {DevboxId} could not be removed; the next start tries again")]
    public static partial void NotRemoved(ILogger logger, string devboxId, Exception exception);

    [LoggerMessage(EventId = 6104, Level = LogLevel.Error, Message = "Devbox {DevboxId} could not be made")]
    public static partial void NotMade(ILogger logger, DevboxId devboxId, Exception exception);

    [LoggerMessage(EventId = 6105, Level = LogLevel.Error, Message = "Looking for devboxes whose time is over failed, and is tried again")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 6106, Level = LogLevel.Information, Message = "Devbox {DevboxId} ended: {Status}")]
    public static partial void Ended(ILogger logger, DevboxId devboxId, DevboxStatus status);

    [LoggerMessage(EventId = 6107, Level = LogLevel.Error, Message = "The volume is full: there are no devboxes until the server is started again with room")]
    public static partial void NoRoom(ILogger logger, Exception exception);
}
