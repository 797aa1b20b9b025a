using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Coffer.Cli.Input;

/// <summary>Sizes in bytes as people write and read them.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB", "PiB"];

    public static Option<long?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "1GB",
        CustomParser = result => Parse(result, name),
    };

    /// <summary>Three digits and a unit, such as <c>1.50 MiB</c>; whole bytes below 1 KiB.</summary>
    public static string Show(long bytes)
    {
        if (bytes < 1024)
        {
            return $"{bytes} B";
        }

        double value = bytes;
        int unit = -1;
        for (; value >= 999.5 && unit + 1 < Units.Length; unit++)
        {
            value /= 1024;
        }

        string number = value.ToString(value < 9.995 ? "0.00" : value < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture);
        return $"{number} {Units[Math.Max(unit, 0)]}";
    }

    // The server reads sizes too. Its assembly is only touched when there is one to read: no other verb has to load it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long? Parse(ArgumentResult result, string name)
    {
        if (Server.Configuration.ByteSize.TryParse(result.Tokens[0].Value, out long bytes))
        {
            return bytes;
        }

        result.AddError($"{name} '{result.Tokens[0].Value}' is no size; write for example 64KiB, 10MB or 1.5GB");
        return null;
    }
}
