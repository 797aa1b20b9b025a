using System.Diagnostics;
using System.Globalization;
using Coffer.DurabilityTests.Shim;

namespace Coffer.DurabilityTests.Harness;

/// <summary>Starts the stand-in for a server, on a shimmed disk or without one.</summary>
internal static class StandIn
{
    private const string Answer = "stored ";

    /// <summary>Where the stand-in keeps its data on that disk.</summary>
    public static string FolderOn(ShimmedDisk disk) => Path.Combine(disk.Root, "data");

    public static ProcessStartInfo Command(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Coffer.DurabilityTests.StandIn.dll");
        return new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    public static ProcessStartInfo Put(ShimmedDisk disk, Slip slip, int count, bool byManyWriters = false) => Command(
        byManyWriters ? "put-many" : "put", FolderOn(disk), slip.ToString(), count.ToString(CultureInfo.InvariantCulture));

    /// <summary>Stores objects on the disk until done or without power. Returns the ids that were acknowledged.</summary>
    /// <param name="killAfter">When to kill the process from outside, if at all.</param>
    public static (List<long> Acknowledged, string Errors) Run(
        ShimmedDisk disk, Slip slip, int count, bool byManyWriters = false, TimeSpan? killAfter = null)
    {
        ProcessStartInfo start = Put(disk, slip, count, byManyWriters);
        disk.Attach(start);
        (string output, string errors) = Run(start, killAfter);
        return (Acknowledged(output), errors);
    }

    /// <summary>Runs a process to its end.</summary>
    public static (string Output, string Errors) Run(ProcessStartInfo start, TimeSpan? killAfter = null)
    {
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (killAfter is { } delay) _ = Task.Delay(delay).ContinueWith(_ => process.Kill(), TaskScheduler.Default);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, errors.GetAwaiter().GetResult());
    }

    /// <summary>What the stand-in says when it runs a verb on the disk.</summary>
    public static string Say(ShimmedDisk disk, params string[] arguments)
    {
        ProcessStartInfo start = Command(arguments);
        disk.Attach(start);
        return Run(start).Output.Trim();
    }

    /// <summary>The ids in a text of answers; a last line without its end is none.</summary>
    public static List<long> Acknowledged(string answers) =>
    [
        .. answers.Split('\n')[..^1].Where(line => line.StartsWith(Answer, StringComparison.Ordinal))
            .Select(line => long.Parse(line.AsSpan(Answer.Length), CultureInfo.InvariantCulture)),
    ];

    /// <summary>What is wrong with a folder, given what was acknowledged; empty when nothing is.</summary>
    public static List<string> Problems(string folder, IEnumerable<long> acknowledged)
    {
        (HashSet<long> ids, List<string> problems) = TinyStore.Inspect(folder);
        problems.AddRange(acknowledged.Where(id => !ids.Contains(id)).Select(id => $"object {id} was acknowledged and is lost"));
        return problems;
    }
}
