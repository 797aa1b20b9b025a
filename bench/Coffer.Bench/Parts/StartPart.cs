using Coffer.Bench.Machine;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>Start of the process to its first healthy answer, with 1,000,000 objects and with none; memory when idle.</summary>
internal static class StartPart
{
    private const long IdleLimit = 120L << 20;

    public static IEnumerable<Finding> Run(Setup setup)
    {
        string big = BigFolder.Prepare(setup, setup.ManyObjects, setup.ManyObjects).Path;
        string empty = Path.Combine(setup.FreshFolder("start"), "coffer-data");
        Start(setup, empty, TimeSpan.Zero); // makes the folder
        List<double> bigMs = [], emptyMs = [];
        long memory = 0;
        for (int round = 0; round < setup.Rounds; round++)
        {
            TimeSpan idle = TimeSpan.FromSeconds(round == 0 ? 10 : 0);
            bool bigFirst = round % 2 == 0;
            (double firstStart, long firstMemory) = Start(setup, bigFirst ? big : empty, idle);
            (double secondStart, long secondMemory) = Start(setup, bigFirst ? empty : big, idle);
            (double bigStart, double emptyStart) = bigFirst ? (firstStart, secondStart) : (secondStart, firstStart);
            bigMs.Add(bigStart);
            emptyMs.Add(emptyStart);
            memory = Math.Max(memory, round == 0 ? Math.Max(firstMemory, secondMemory) : 0);
        }

        double ratio = Comparison.Median(bigMs) / Comparison.Median(emptyMs);
        yield return new Finding
        {
            What = "start to first healthy answer",
            Target = "≤ 1.5 ×, < 1 s",
            Measured = $"{ratio:0.00} ×, {Comparison.Median(bigMs):0} ms",
            Ours = $"{Comparison.Median(bigMs):0} ms ({bigMs.Min():0}–{bigMs.Max():0})",
            Theirs = $"{Comparison.Median(emptyMs):0} ms ({emptyMs.Min():0}–{emptyMs.Max():0})",
            Verdict = Finding.Judge(ratio <= 1.5 && Comparison.Median(bigMs) < 1000),
        };
        yield return new Finding
        {
            What = "memory (RSS) after 10 idle seconds",
            Target = "< 120 MB",
            Measured = $"{memory >> 20} MB",
            Verdict = Finding.Judge(memory < IdleLimit),
        };
    }

    private static (double Ms, long Resident) Start(Setup setup, string folder, TimeSpan idle)
    {
        using CofferServer server = CofferServer.Start(setup, folder);
        Thread.Sleep(idle);
        return (server.StartTime.TotalMilliseconds, ProcFs.ResidentBytesOf(server.Pid));
    }
}
