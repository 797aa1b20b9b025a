using Coffer.DurabilityTests.Disk;
using Coffer.DurabilityTests.Shim;

namespace Coffer.DurabilityTests.Strace;

/// <summary>Holds what strace saw of a process against what the shim saw: each change has to be in both.</summary>
internal static class ShimCheck
{
    /// <summary>What changed or synced something below the disk's root and is missing in the journal, or the other way.</summary>
    public static IReadOnlyList<string> PastTheShim(IReadOnlyList<SysCall> calls, ShimmedDisk disk)
    {
        Dictionary<string, int> seen = calls.Where(call => call.Succeeded).Select(call => Describe(call, disk.Root + "/"))
            .OfType<string>().Where(text => !Journal.IsInDevboxes(text)).CountBy(text => text).ToDictionary();
        Journal journal = disk.ReadJournal();
        Dictionary<string, int> journaled = journal.Entries.Skip(journal.Start).Where(entry => entry.Succeeded)
            .Select(Describe).OfType<string>().CountBy(text => text).ToDictionary();
        return
        [
            .. seen.Keys.Union(journaled.Keys).Order(StringComparer.Ordinal)
                .Select(text => (Text: text, Seen: seen.GetValueOrDefault(text), Journaled: journaled.GetValueOrDefault(text)))
                .Where(change => change.Seen != change.Journaled)
                .Select(change => $"{change.Text}: {change.Seen} by strace, {change.Journaled} in the journal"),
        ];
    }

    private static string? Describe(SysCall call, string root)
    {
        string? text = call.Name switch
        {
            "write" or "writev" or "pwrite64" or "pwritev" or "pwritev2" => $"write {call.Descriptor} {call.Result}",
            "ftruncate" => $"resize {call.Descriptor} {call.Arguments[1]}",
            "fallocate" => $"allocate {call.Descriptor} {call.Arguments[3]}",
            "fsync" or "fdatasync" => $"sync {call.Descriptor}",
            "rename" or "link" => $"{call.Name} {call.PathAt(1)}",
            "renameat" or "renameat2" => $"rename {call.PathAt(3)}",
            "linkat" => $"link {call.PathAt(3)}",
            "unlink" or "rmdir" => $"remove {call.PathAt(0)}",
            "unlinkat" => $"remove {call.PathAt(1)}",
            "mkdir" => $"mkdir {call.PathAt(0)}",
            "mkdirat" => $"mkdir {call.PathAt(1)}",
            "openat" or "sendto" or "sendmsg" => null,
            _ => $"{call.Name} {call.Descriptor}", // whatever else was traced, the shim does not know
        };
        text += "/"; // so that the root itself matches
        return text.Contains(root, StringComparison.Ordinal)
            ? text.Replace(root, "", StringComparison.Ordinal).TrimEnd('/')
            : null;
    }

    private static string? Describe(JournalEntry entry) => entry.Kind switch
    {
        JournalKind.Write => $"write {entry.Path} {entry.Result}",
        JournalKind.Truncate => $"resize {entry.Path} {entry.Length}",
        JournalKind.Allocate => $"allocate {entry.Path} {entry.Length}",
        JournalKind.SyncEnd => $"sync {entry.Path}",
        JournalKind.Rename => $"rename {entry.Target}",
        JournalKind.Link => $"link {entry.Target}",
        JournalKind.Unlink or JournalKind.RemoveDirectory => $"remove {entry.Path}",
        JournalKind.MakeDirectory => $"mkdir {entry.Path}",
        _ => null,
    };
}
