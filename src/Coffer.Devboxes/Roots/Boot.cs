namespace Coffer.Devboxes.Roots;

/// <summary>Tells the death of this process from that of the machine: only the latter loses what was written and not synced.</summary>
internal static class Boot
{
    private const string Source = "/proc/sys/kernel/random/boot_id";

    /// <summary>The same for as long as the machine runs. Where the system has no such name, it is new with every process, which errs on the safe side.</summary>
    public static string Id { get; } = File.Exists(Source) ? File.ReadAllText(Source).Trim() : Guid.NewGuid().ToString();
}
