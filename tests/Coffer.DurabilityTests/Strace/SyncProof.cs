namespace Coffer.DurabilityTests.Strace;

/// <summary>
/// Whether all that an answer promises was on the disk before it left: the write-ahead log with the row, and for files
/// of their own bytes, name and directory, each synced after its last change and before the row was written.
/// </summary>
/// <remarks>
/// Exact when requests come one after the other; of requests that overlap, one's unsynced bytes would be held against
/// the other's answer. The catalog's main file and its -shm are left out: the log stands for them.
/// </remarks>
/// <param name="calls">Everything the process did since it started.</param>
/// <param name="folder">The data folder.</param>
/// <param name="ignored">Files that carry no promise, such as a lock or ballast file; given the full path.</param>
internal sealed class SyncProof(IReadOnlyList<SysCall> calls, string folder, Func<string, bool>? ignored = null)
{
    private const string Wal = "-wal";

    private readonly HashSet<string> _catalogs =
    [
        .. calls.Select(call => call.ResultPath).Where(path => path.EndsWith(Wal, StringComparison.Ordinal))
            .Select(path => path[..^Wal.Length]),
    ];

    /// <summary>What went out through a TCP socket and contains the text, such as <c>HTTP/1.1 200</c>.</summary>
    public IReadOnlyList<SysCall> Answers(string containing) =>
    [
        .. calls.Where(call => call.Name is "sendto" or "sendmsg" or "write" or "writev"
            && call.Descriptor.StartsWith("TCP", StringComparison.Ordinal)
            && call.Arguments[1].Contains(containing, StringComparison.Ordinal)),
    ];

    /// <summary>
    /// What was not durable, or in the wrong order, when an answer that promises a change began to leave; empty when all
    /// was well.
    /// </summary>
    /// <param name="since">The answer before it; changes before that one are not this one's.</param>
    public IReadOnlyList<string> MissingBefore(SysCall answer, SysCall? since = null)
    {
        int previous = since?.Began ?? -1;
        var files = new Dictionary<string, TracedFile>(StringComparer.Ordinal);
        var missing = new List<string>();
        SysCall[] before = [.. calls.Where(call => call.Succeeded && call.Ended < answer.Began)];

        foreach (SysCall call in before)
        {
            if (WrittenPath(call) is { } written && Matters(written))
            {
                files[written] = files.GetValueOrDefault(written, new TracedFile(written)) with { LastWrite = call };
            }
            else if (MovedName(call) is var (from, to) && Matters(to))
            {
                TracedFile file = files.GetValueOrDefault(from, new TracedFile(from)) with { Path = to, Named = call };
                if (call.Ended > previous) missing.AddRange(UnsyncedBytes(before, file, call.Began, "it got that name"));
                if (call.Name.StartsWith("rename", StringComparison.Ordinal)) files.Remove(from);
                files[to] = file;
            }
            else if (NewName(call) is { } name && Matters(name)) files.TryAdd(name, new TracedFile(name) { Named = call });
            else if (RemovedName(call) is { } removed) files.Remove(removed);
        }

        TracedFile[] changed = [.. files.Values.Where(file => file.LastWrite?.Ended > previous || file.Named?.Ended > previous)];
        foreach (TracedFile file in changed) missing.AddRange(Unsynced(before, file, answer.Began, "the answer left"));
        TracedFile[] blobs = [.. changed.Where(file => !file.Path.EndsWith(Wal, StringComparison.Ordinal))];
        SysCall? row = changed.Except(blobs).Select(wal => wal.LastWrite).MaxBy(write => write?.Ended);
        if (row is null) missing.Add("no row was written");
        else foreach (TracedFile blob in blobs) missing.AddRange(Unsynced(before, blob, row.Began, "the last row was written"));
        return missing;
    }

    private static IEnumerable<string> Unsynced(SysCall[] before, TracedFile file, int by, string what) =>
        UnsyncedBytes(before, file, by, what).Concat(UnsyncedName(before, file, by, what));

    private static IEnumerable<string> UnsyncedBytes(SysCall[] before, TracedFile file, int by, string what)
    {
        if (file.LastWrite is not { } write || IsSynced(before, write, by, WrittenPath(write)!, file.Path)) yield break;
        yield return $"{file.Path}: {write.Name} in line {write.Ended} was not synced before {what}";
    }

    private static IEnumerable<string> UnsyncedName(SysCall[] before, TracedFile file, int by, string what)
    {
        if (file.Named is not { } named || IsSynced(before, named, by, Path.GetDirectoryName(file.Path)!)) yield break;
        yield return $"{file.Path}: its name, by {named.Name} in line {named.Ended}, was not synced before {what}";
    }

    private static bool IsSynced(SysCall[] before, SysCall change, int by, params string[] paths) => before.Any(
        call => call.Name is "fsync" or "fdatasync" && paths.Contains(call.Descriptor, StringComparer.Ordinal)
            && call.Began > change.Ended && call.Ended < by);

    /// <summary>The file whose bytes or size a call changes; null when it changes none.</summary>
    private static string? WrittenPath(SysCall call) => call.Name switch
    {
        "write" or "writev" or "pwrite64" or "pwritev" or "pwritev2" or "ftruncate" => call.Descriptor,
        "fallocate" when !call.Arguments[1].Contains("KEEP_SIZE", StringComparison.Ordinal) => call.Descriptor,
        _ => null,
    };

    private static (string From, string To)? MovedName(SysCall call) => call.Name switch
    {
        "rename" or "link" => (call.PathAt(0), call.PathAt(1)),
        "renameat" or "renameat2" or "linkat" => (call.PathAt(1), call.PathAt(3)),
        _ => null,
    };

    private static string? NewName(SysCall call) => call.Name switch
    {
        "openat" when call.Arguments[2].Contains("O_CREAT", StringComparison.Ordinal) => call.ResultPath,
        "mkdir" => call.PathAt(0),
        "mkdirat" => call.PathAt(1),
        _ => null,
    };

    private static string? RemovedName(SysCall call) => call.Name switch
    {
        "unlink" or "rmdir" => call.PathAt(0),
        "unlinkat" => call.PathAt(1),
        _ => null,
    };

    private bool Matters(string path) =>
        path.StartsWith(folder + "/", StringComparison.Ordinal) && !path.EndsWith("-shm", StringComparison.Ordinal)
        && !_catalogs.Contains(path) && ignored?.Invoke(path) != true;

    private sealed record TracedFile(string Path)
    {
        public SysCall? LastWrite { get; init; }

        public SysCall? Named { get; init; }
    }
}
