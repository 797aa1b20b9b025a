using System.Globalization;

namespace Coffer.Archives;

/// <summary>The permission bits that the system takes from whatever this process makes.</summary>
internal static class ProcessMask
{
    private const UnixFileMode All = (UnixFileMode)0b111_111_111;

    /// <remarks>To ask for the mask by <c>umask</c> is to change it for a moment, for other threads, too.</remarks>
    public static UnixFileMode Read()
    {
        const string name = "Umask:";
        string? line = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))
            : null;
        return line is null ? All : (UnixFileMode)line.AsSpan(name.Length).Trim().ToString().Aggregate(0, (mask, digit) => (mask << 3) | (digit - '0'));
    }
}
