using System.Runtime.InteropServices;
using System.Text;

namespace Coffer.DurabilityTests.Disk;

/// <summary><c>enum kind</c> in powercut.c.</summary>
internal enum JournalKind
{
    /// <summary>Everything before it was on the disk when the process came.</summary>
    BaseEnd = 1,
    Create,
    MakeDirectory,
    Write,
    Truncate,
    Allocate,
    Rename,
    Link,
    Unlink,
    RemoveDirectory,
    SyncBegin,
    SyncEnd,
    SyncAllBegin,
    MapShared,

    /// <summary>Bytes that the process is about to send to a socket or to its standard output; the first 4 KiB.</summary>
    Answer,
}

/// <summary>One recorded operation.</summary>
/// <param name="Path">Relative to the root; "" is the root itself.</param>
/// <param name="Target">The new name of a rename or link, else "".</param>
/// <param name="Mode">The file's mode; for <see cref="JournalKind.Allocate"/> the flags of fallocate.</param>
/// <param name="Offset">In bytes; for syncs the number that joins begin and end.</param>
/// <param name="Length">As asked for, in bytes; for <see cref="JournalKind.Truncate"/> the new size.</param>
/// <param name="Result">What the caller was told; negative is an error number.</param>
/// <param name="Data">What was really written, or the start of an answer.</param>
internal sealed record JournalEntry(
    JournalKind Kind, string Path, string Target, uint Mode, ulong Inode, long Offset, long Length, long Result,
    ReadOnlyMemory<byte> Data)
{
    public bool Succeeded => Result >= 0;
}

/// <summary>What a process did below the root of its disk, in order, bytes included.</summary>
internal sealed class Journal
{
    private Journal(IReadOnlyList<JournalEntry> entries, int start) => (Entries, Start) = (entries, start);

    public IReadOnlyList<JournalEntry> Entries { get; }

    /// <summary>The first entry that the process made itself; those before describe the disk as it was.</summary>
    public int Start { get; }

    /// <summary>Whether the disk as it was is recorded whole. Until it is, the process changes nothing.</summary>
    public bool HasBase => Start > 0;

    /// <summary>Reads a journal; the last record may be cut off, its operation never came back to its caller.</summary>
    public static Journal Read(string path)
    {
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var entries = new List<JournalEntry>();
        int start = 0;
        var devboxSyncs = new HashSet<long>();
        int headerSize = Marshal.SizeOf<Header>();
        for (int at = 0; bytes.Length - at >= headerSize;)
        {
            Header header = MemoryMarshal.Read<Header>(bytes.AsSpan(at));
            if (header.Size > bytes.Length - at) break;

            int pathAt = at + headerSize;
            int targetAt = pathAt + header.PathLength;
            int dataAt = targetAt + header.TargetLength;
            at += (int)header.Size;
            var entry = new JournalEntry(
                (JournalKind)header.Kind,
                Encoding.UTF8.GetString(bytes, pathAt, header.PathLength),
                Encoding.UTF8.GetString(bytes, targetAt, header.TargetLength),
                header.Mode, header.Inode, header.Offset, header.Length, header.Result,
                bytes.AsMemory(dataAt, at - dataAt));
            if (IsInDevboxes(entry.Path) || (entry.Kind == JournalKind.SyncEnd && devboxSyncs.Remove(entry.Offset)))
            {
                if (entry.Kind == JournalKind.SyncBegin) devboxSyncs.Add(entry.Offset);
                continue;
            }

            entries.Add(entry);
            if (entry.Kind != JournalKind.BaseEnd) continue;
            if (start > 0) throw new InvalidDataException("A second process followed without LosePower between the two.");
            start = entries.Count;
        }

        return new Journal(entries, start);
    }

    /// <summary>
    /// What is in devboxes is opened by openat2, which the shim does not see, and is no part of what the store promises. The folder itself is.
    /// </summary>
    public static bool IsInDevboxes(string path) => path.Contains("devboxes/", StringComparison.Ordinal);

    /// <summary>The disk after the first <paramref name="count"/> entries, as if the power had gone there.</summary>
    public DiskImage ImageAt(int count)
    {
        var image = new DiskImage();
        for (int i = 0; i < count; i++) image.Apply(Entries[i]);
        return image;
    }

    /// <summary>The answers, as text, that had been given by then.</summary>
    public IEnumerable<string> AnswersAt(int count) =>
        Entries.Take(count).Where(entry => entry.Kind == JournalKind.Answer)
            .Select(entry => Encoding.UTF8.GetString(entry.Data.Span));

    /// <summary><c>struct record</c> in powercut.c.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Header
    {
        public readonly uint Size, Kind, Mode;
        public readonly ushort PathLength, TargetLength;
        public readonly ulong Inode;
        public readonly long Offset, Length, Result;
    }
}
