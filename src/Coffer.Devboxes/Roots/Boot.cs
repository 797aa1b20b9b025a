namespace Coffer.Devboxes.Roots;

/// <summary>
/// Tells the end of this process from that of the machine: only the latter loses what was written and not synced.
/// </summary>
internal static class Boot
{
    private const string Source = "/proc/sys/kernel/random/boot_id";

    /// <summary>
    /// The same for as long as the machine runs; where the system has no such name, new with every process, which is safe.
    /// </summary>
    public static string Id { get; } = File.Exists(Source) ? File.ReadAllText(Source).Trim() : Guid.NewGuid().ToString();
}
