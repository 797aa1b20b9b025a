using Microsoft.Extensions.Logging;

namespace Coffer.Devboxes.Roots;

/// <summary>Event ids 6100 to 6199.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 6110, Level = LogLevel.Information,
        Message = "Devboxes get mounted archives by {Way} (overlay: {Overlay}; reflink: {Reflink})")]
    public static partial void Chosen(ILogger logger, CopyOnWriteWay way, string overlay, string reflink);

    [LoggerMessage(EventId = 6111, Level = LogLevel.Warning,
        Message = "An overlay for devbox {Devbox} was refused; its archive is copied")]
    public static partial void OverlayRefused(ILogger logger, string devbox, Exception reason);

    [LoggerMessage(EventId = 6112, Level = LogLevel.Warning,
        Message = "Trees were not made durable; after a power cut their devboxes fail")]
    public static partial void NotSettled(ILogger logger, Exception reason);

    [LoggerMessage(EventId = 6113, Level = LogLevel.Debug,
        Message = "Shared tree {Key} has {Bytes} bytes in {Files} files")]
    public static partial void TreeShared(ILogger logger, string key, long bytes, long files);

    [LoggerMessage(EventId = 6114, Level = LogLevel.Debug, Message = "Shared tree {Key} went with its last devbox")]
    public static partial void TreeReleased(ILogger logger, string key);

    [LoggerMessage(EventId = 6115, Level = LogLevel.Warning,
        Message = "{Path} could not be removed; the next start tries again")]
    public static partial void NotRemoved(ILogger logger, string path, Exception reason);

    [LoggerMessage(EventId = 6116, Level = LogLevel.Warning,
        Message = "Devbox {Devbox} lost an archive that was mounted in it")]
    public static partial void NotWhole(ILogger logger, string devbox, Exception? reason);

    [LoggerMessage(EventId = 6117, Level = LogLevel.Information,
        Message = "Attached {Attached} archives of {Devboxes} devboxes, detached {Detached} mounts and dropped {Dropped} trees")]
    public static partial void Recovered(ILogger logger, int attached, int devboxes, int detached, int dropped);

    [LoggerMessage(EventId = 6118, Level = LogLevel.Warning,
        Message = "Mounts that no devbox has any more could not be detached")]
    public static partial void NotDetached(ILogger logger, Exception reason);
}
