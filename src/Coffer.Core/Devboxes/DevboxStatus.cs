namespace Coffer.Devboxes;

/// <summary>Where a devbox is in its life. The numbers are stored.</summary>
public enum DevboxStatus
{
    /// <summary>It gets its root and its mounts.</summary>
    Provisioning = 1,
    Running = 2,

    /// <summary>It ended in order; its files are gone.</summary>
    Shutdown = 3,

    /// <summary>It could not be made, or was lost; its files are gone.</summary>
    Failure = 4,
}

/// <summary>Why a devbox was shut down. The numbers are stored.</summary>
public enum DevboxShutdownReason
{
    /// <summary>Its account asked for it.</summary>
    ApiShutdown = 1,

    /// <summary>The time that it was to be kept alive is over.</summary>
    KeepAliveTimeout = 2,
}

/// <summary>Why a devbox failed. The numbers are stored.</summary>
public enum DevboxFailureReason
{
    OutOfMemory = 1,
    OutOfDisk = 2,
    ExecutionFailed = 3,

    /// <summary>The server ended while it was made.</summary>
    HealthCheckFailed = 4,
}

/// <summary>One step in a devbox's life.</summary>
public readonly record struct DevboxTransition(DevboxStatus Status, long AtMs, DevboxFailureReason? FailureReason = null);
