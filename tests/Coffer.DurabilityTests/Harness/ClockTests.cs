using System.Diagnostics;
using System.Globalization;
using Coffer.DurabilityTests.Shim;

namespace Coffer.DurabilityTests.Harness;

/// <summary>The wall clock of a running .NET process moves both ways; its monotonic clock does not.</summary>
public sealed class ClockTests
{
    [Fact]
    public void The_wall_clock_of_a_running_process_moves_forward_and_back()
    {
        using var disk = new ShimmedDisk();
        ProcessStartInfo start = StandIn.Command("clock");
        disk.Attach(start);
        using Process process = Process.Start(start)!;

        (DateTime before, TimeSpan monotonicBefore) = Ask(process);
        disk.Clock.Offset = TimeSpan.FromDays(30);
        (DateTime ahead, _) = Ask(process);
        disk.Clock.Offset = -TimeSpan.FromMilliseconds(3_600_750);
        (DateTime behind, TimeSpan monotonicAfter) = Ask(process);
        process.StandardInput.Close();
        process.WaitForExit();

        TimeSpan took = monotonicAfter - monotonicBefore;
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        took += TimeSpan.FromSeconds(1); // the two clocks are read one after the other
        Assert.InRange(ahead - before, TimeSpan.FromDays(30), TimeSpan.FromDays(30) + took);
        Assert.InRange(behind - before, TimeSpan.FromMilliseconds(-3_600_751), TimeSpan.FromMilliseconds(-3_600_750) + took);
    }

    private static (DateTime Wall, TimeSpan Monotonic) Ask(Process process)
    {
        process.StandardInput.WriteLine();
        string[] clocks = process.StandardOutput.ReadLine()!.Split(' ');
        return (
            DateTime.Parse(clocks[0], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            TimeSpan.Parse(clocks[1], CultureInfo.InvariantCulture));
    }
}
