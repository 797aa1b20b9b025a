namespace Coffer.Devboxes.Operations;

/// <summary>The wire's words for what devboxes are and why they ended.</summary>
internal static class DevboxWords
{
    /// <summary>All that clients know, in the order of a life; a devbox here is only in some of them.</summary>
    private static readonly string[] Statuses =
        ["scheduled", "queued", "provisioning", "initializing", "running", "suspending", "suspended", "resuming", "failure", "shutdown"];

    public static string Word(this DevboxStatus status) => status switch
    {
        DevboxStatus.Provisioning => "provisioning",
        DevboxStatus.Running => "running",
        DevboxStatus.Shutdown => "shutdown",
        _ => "failure",
    };

    /// <returns>Null for a word that no devbox here ever is.</returns>
    /// <exception cref="StoreException">InvalidArgument for a word that clients do not know either.</exception>
    public static DevboxStatus? ParseStatus(string word, string member) => word switch
    {
        "provisioning" => DevboxStatus.Provisioning,
        "running" => DevboxStatus.Running,
        "shutdown" => DevboxStatus.Shutdown,
        "failure" => DevboxStatus.Failure,
        _ => Statuses.Contains(word)
            ? null
            : throw new StoreException(StoreErrorCode.InvalidArgument, $"{member} is one of {string.Join(", ", Statuses)}"),
    };

    public static string? Word(this DevboxShutdownReason? reason) => reason switch
    {
        DevboxShutdownReason.ApiShutdown => "api_shutdown",
        DevboxShutdownReason.KeepAliveTimeout => "keep_alive_timeout",
        _ => null,
    };

    public static string? Word(this DevboxFailureReason? reason) => reason switch
    {
        DevboxFailureReason.OutOfMemory => "out_of_memory",
        DevboxFailureReason.OutOfDisk => "out_of_disk",
        DevboxFailureReason.ExecutionFailed => "execution_failed",
        DevboxFailureReason.HealthCheckFailed => "health_check_failed",
        _ => null,
    };
}
