using Microsoft.Extensions.Logging;

namespace Coffer.Devboxes.Execution;

internal static partial class Log
{
    [LoggerMessage(EventId = 6201, Level = LogLevel.Information,
        Message = "Commands run in devboxes by {Version}; {Identity}; memory and processes of a devbox are bounded by {Bounds}")]
    public static partial void SandboxWorks(ILogger logger, string version, string identity, string bounds);

    [LoggerMessage(EventId = 6202, Level = LogLevel.Warning,
        Message = "The server is not root, so all devboxes run under its own uid: namespaces alone part them from each other and from its files")]
    public static partial void UidShared(ILogger logger);

    [LoggerMessage(EventId = 6203, Level = LogLevel.Information, Message = "Ended {ExecutionId} of {DevboxId}: {Reason}")]
    public static partial void ExecutionEnded(ILogger logger, string executionId, string devboxId, string reason);

    [LoggerMessage(EventId = 6204, Level = LogLevel.Warning, Message = "{Count} executions were cut off when the server ended; they count as killed")]
    public static partial void ExecutionsCutOff(ILogger logger, int count);

    [LoggerMessage(EventId = 6205, Level = LogLevel.Error, Message = "Execution {ExecutionId} of {DevboxId} failed")]
    public static partial void ExecutionFailed(ILogger logger, Exception failure, string executionId, string devboxId);

    [LoggerMessage(EventId = 6206, Level = LogLevel.Error, Message = "Looking at what devboxes use failed, and is tried again")]
    public static partial void SupervisionFailed(ILogger logger, Exception failure);

    [LoggerMessage(EventId = 6207, Level = LogLevel.Warning, Message = "Ended {Count} processes of devboxes, which an earlier run of the server left behind")]
    public static partial void CommandsLeft(ILogger logger, int count);
}
