namespace Coffer.Catalog.Sqlite;

/// <summary>Event ids 3000 to 3999.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Opened the catalog: SQLite {Version}, start {Start}")]
    public static partial void Opened(ILogger logger, string version, uint start);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "The last run did not close the catalog")]
    public static partial void EndedUncleanly(ILogger logger);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Brought the schema from {From} to {To}")]
    public static partial void Migrated(ILogger logger, int from, int to);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "The catalog could not be closed in order; the next start recovers it")]
    public static partial void NotClosedCleanly(ILogger logger, Exception reason);

    [LoggerMessage(
        EventId = 3010, Level = LogLevel.Warning,
        Message = "Object ids were {LeadMinutes} minutes ahead of the clock; new ones follow the clock again and sort before them")]
    public static partial void LeadGivenUp(ILogger logger, long leadMinutes);

    [LoggerMessage(EventId = 3020, Level = LogLevel.Warning, Message = "A transaction of {Count} writes broke and is run again one by one")]
    public static partial void BatchBroken(ILogger logger, int count, Exception reason);

    [LoggerMessage(EventId = 3021, Level = LogLevel.Critical, Message = "The catalog failed and writes nothing more; start the process anew")]
    public static partial void CatalogFailed(ILogger logger, Exception reason);

    [LoggerMessage(EventId = 3022, Level = LogLevel.Warning, Message = "The write-ahead log of {SizeBytes} bytes could not be reset yet")]
    public static partial void LogNotReset(ILogger logger, long sizeBytes);

    [LoggerMessage(EventId = 3023, Level = LogLevel.Error, Message = "A write failed and was undone")]
    public static partial void WriteBroken(ILogger logger, Exception reason);

    [LoggerMessage(EventId = 3030, Level = LogLevel.Warning, Message = "The volume is full: gave up the ballast of {SizeBytes} bytes")]
    public static partial void BallastGivenUp(ILogger logger, long sizeBytes);

    [LoggerMessage(EventId = 3031, Level = LogLevel.Information, Message = "Made the ballast of {SizeBytes} bytes")]
    public static partial void BallastMade(ILogger logger, long sizeBytes);

    [LoggerMessage(EventId = 3032, Level = LogLevel.Warning, Message = "The ballast could not be made")]
    public static partial void BallastNotMade(ILogger logger, Exception reason);

    [LoggerMessage(EventId = 3033, Level = LogLevel.Information, Message = "Removed what a compaction that was cut off had left")]
    public static partial void LeftoverRemoved(ILogger logger);

    [LoggerMessage(EventId = 3040, Level = LogLevel.Error, Message = "The inline bytes of {Object} do not match their checksum")]
    public static partial void InlineCorrupt(ILogger logger, ObjectId? @object);
}
