using Microsoft.Extensions.Logging;

namespace Coffer.Server;

internal static partial class Log
{
    [LoggerMessage(EventId = 5000, Level = LogLevel.Information, Message = "Listening on {Addresses}")]
    public static partial void Listening(ILogger logger, string addresses);

    [LoggerMessage(EventId = 5001, Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void Configuration(ILogger logger, string warning);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "Request {RequestId} failed")]
    public static partial void RequestFailed(ILogger logger, string requestId, Exception exception);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Warning, Message = "Readiness of {Part} could not be told")]
    public static partial void ReadinessUnknown(ILogger logger, string part, Exception exception);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Warning, Message = "A metric could not be observed")]
    public static partial void MetricFailed(ILogger logger, Exception exception);
}
