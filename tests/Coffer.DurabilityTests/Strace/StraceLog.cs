using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Coffer.DurabilityTests.Strace;

/// <summary>Runs a process under Debian's strace and reads what strace wrote: the witness that no library can deceive.</summary>
internal static partial class StraceLog
{
    private const string Traced =
        "open,openat,creat,write,writev,pwrite64,pwritev,pwritev2,truncate,ftruncate,fallocate,rename,renameat,renameat2,link,"
        + "linkat,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,syncfs,sync,sync_file_range,msync,sendto,sendmsg,sendfile,"
        + "copy_file_range,io_uring_enter";

    private static readonly Lazy<string?> Problem = new(
        () => Tool.Try("strace", "strace", "-D", "-f", "-o", "/dev/null", "true"));

    /// <summary>
    /// The same command under strace. The process that starts is the command itself, so signals and its exit code are
    /// its own; strace sits beside it. Skips the running test where strace is missing or not allowed.
    /// </summary>
    public static ProcessStartInfo Trace(ProcessStartInfo command, string logPath)
    {
        Assert.SkipWhen(Problem.Value is not null, Problem.Value ?? "");
        return command.Under(
            "strace", "-D", "-f", "--seccomp-bpf", "-ttt", "-yy", "-s", "512", "-o", logPath, "-e", $"trace={Traced}",
            "-e", "signal=none");
    }

    /// <summary>Reads the log of a process that has ended, as soon as strace has written its last line.</summary>
    public static async Task<IReadOnlyList<SysCall>> ReadAsync(string logPath, int processId, CancellationToken cancellationToken)
    {
        string end = string.Create(CultureInfo.InvariantCulture, $"{processId} ");
        var patience = Stopwatch.StartNew();
        while (true)
        {
            string[] lines = File.Exists(logPath) ? await File.ReadAllLinesAsync(logPath, cancellationToken) : [];
            if (lines.Any(IsEnd)) return Parse(lines);
            if (patience.Elapsed > TimeSpan.FromSeconds(20)) throw new TimeoutException($"strace wrote no end of {processId}.");
            await Task.Delay(20, cancellationToken);
        }

        bool IsEnd(string line) => line.StartsWith(end, StringComparison.Ordinal) && line.EndsWith("+++", StringComparison.Ordinal);
    }

    /// <summary>The calls in the order in which they ended.</summary>
    public static IReadOnlyList<SysCall> Parse(IReadOnlyList<string> lines)
    {
        var calls = new List<SysCall>();
        var open = new Dictionary<int, (int Line, string Text)>();
        for (int i = 0; i < lines.Count; i++)
        {
            Match line = Line().Match(lines[i]);
            if (!line.Success) continue;
            int thread = int.Parse(line.Groups["thread"].ValueSpan, CultureInfo.InvariantCulture);
            double time = double.Parse(line.Groups["time"].ValueSpan, CultureInfo.InvariantCulture);
            string text = line.Groups["text"].Value;
            int began = i;

            const string unfinished = " <unfinished ...>";
            if (text.EndsWith(unfinished, StringComparison.Ordinal))
            {
                open[thread] = (i, text[..^unfinished.Length]);
                continue;
            }

            Match resumed = Resumed().Match(text);
            if (resumed.Success)
            {
                if (!open.Remove(thread, out (int Line, string Text) start)) continue;
                (began, text) = (start.Line, start.Text + text[resumed.Length..]);
            }

            if (Call(text) is { } call) calls.Add(call with { ThreadId = thread, Time = time, Began = began, Ended = i });
        }

        return calls;
    }

    private static SysCall? Call(string text)
    {
        int name = text.IndexOf('(', StringComparison.Ordinal);
        Match end = End().Match(text);
        if (name < 0 || !end.Success) return null;
        bool known = long.TryParse(end.Groups["result"].ValueSpan, CultureInfo.InvariantCulture, out long result);
        return new SysCall(
            ThreadId: 0, Time: 0, text[..name], Split(text[(name + 1)..end.Index]), known ? result : -1, end.Groups["path"].Value,
            known ? end.Groups["error"].Value : "unknown", Began: 0, Ended: 0);
    }

    /// <summary>Cuts at the commas outside quotes, brackets and the paths of descriptors.</summary>
    private static List<string> Split(string arguments)
    {
        var parts = new List<string>();
        bool quoted = false;
        int depth = 0, start = 0;
        for (int i = 0; i < arguments.Length; i++)
        {
            char c = arguments[i];
            if (quoted && c == '\\') i++;
            else if (c == '"') quoted = !quoted;
            else if (quoted) continue;
            else if (c is '[' or '{' or '(' or '<') depth++;
            else if (c is ']' or '}' or ')' || (c == '>' && arguments[i - 1] != '-')) depth--; // TCP:[here->there]
            else if (c == ',' && depth == 0)
            {
                parts.Add(arguments[start..i].Trim());
                start = i + 1;
            }
        }

        if (arguments.Length > 0) parts.Add(arguments[start..].Trim());
        return parts;
    }

    [GeneratedRegex(
        @"^(?<thread>\d+) +(?<time>\d+\.\d+) (?<text>.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Resumed();

    [GeneratedRegex(
        @"\) += (?<result>-?\d+|\?)(<(?<path>.*?)>)?( (?<error>E\w+ \(.*\)).*)?$",
        RegexOptions.ExplicitCapture | RegexOptions.RightToLeft, matchTimeoutMilliseconds: 1000)]
    private static partial Regex End();
}
