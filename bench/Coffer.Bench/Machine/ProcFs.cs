using System.Globalization;

namespace Coffer.Bench.Machine;

/// <summary>What a process read so far.</summary>
/// <param name="Read">Bytes that calls to read gave it, from memory or not, without what came from sockets.</param>
/// <param name="FromDisk">Bytes that had to be fetched from disks for it.</param>
internal readonly record struct IoBytes(long Read, long FromDisk);

/// <summary>Reads /proc: CPU time and memory of processes, and how busy the whole machine is.</summary>
internal static class ProcFs
{
    private const double SecondsPerTick = 0.01; // USER_HZ is 100 on every Linux .NET runs on

    /// <summary>User and system time of one process so far.</summary>
    public static TimeSpan CpuOf(int pid)
    {
        string[] fields = FieldsOf(pid);
        return FromTicks(Number(fields[11]) + Number(fields[12]));
    }

    /// <summary>User and system time of this process and of its children that have ended.</summary>
    public static TimeSpan CpuOfThisTree()
    {
        string[] fields = FieldsOf(Environment.ProcessId);
        return FromTicks(Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]));
    }

    /// <summary>User and system time of the children of this process that have ended, and of theirs.</summary>
    public static TimeSpan CpuOfEndedChildren()
    {
        string[] fields = FieldsOf(Environment.ProcessId);
        return FromTicks(Number(fields[13]) + Number(fields[14]));
    }

    public static IoBytes IoOf(int pid)
    {
        Dictionary<string, string> counters = File.ReadLines($"/proc/{pid}/io").Select(line => line.Split(": ")).ToDictionary(line => line[0], line => line[1]);
        return new IoBytes(Number(counters["rchar"]), Number(counters["read_bytes"]));
    }

    /// <summary>Time all cores were busy so far, whoever used them.</summary>
    public static TimeSpan CpuOfMachine()
    {
        string[] fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long user = Number(fields[1]), nice = Number(fields[2]), system = Number(fields[3]);
        return FromTicks(user + nice + system + Number(fields[6]) + Number(fields[7]));
    }

    public static IReadOnlyList<int> ChildrenOf(int pid) =>
        [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(child => int.Parse(child, CultureInfo.InvariantCulture))];

    /// <summary>Anonymous memory of a process in bytes: what it allocated, without files it maps.</summary>
    public static long PrivateBytesOf(int pid) => StatusOf(pid, "RssAnon:");

    /// <summary>Resident memory of a process in bytes.</summary>
    public static long ResidentBytesOf(int pid) => StatusOf(pid, "VmRSS:");

    /// <summary>The fields of a process's stat from the third on; the second, its name, may hold blanks.</summary>
    private static string[] FieldsOf(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static long StatusOf(int pid, string field)
    {
        string line = File.ReadLines($"/proc/{pid}/status").First(text => text.StartsWith(field, StringComparison.Ordinal));
        return 1024 * Number(line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
    }

    private static TimeSpan FromTicks(long ticks) => TimeSpan.FromSeconds(ticks * SecondsPerTick);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
