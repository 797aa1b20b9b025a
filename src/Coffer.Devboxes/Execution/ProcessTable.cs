using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Coffer.Devboxes.Execution;

/// <summary>The machine's processes at one moment, with what each uses.</summary>
internal sealed class ProcessTable
{
    // Fields of /proc/PID/stat, counted from the one behind the name.
    private const int State = 0;
    private const int Parent = 1;
    private const int Threads = 17;
    private const int Start = 19;
    private const int ResidentPages = 21;

    private readonly ILookup<int, Row> _childrenOf;
    private readonly Dictionary<int, Row> _byId;

    private ProcessTable(List<Row> rows)
    {
        _childrenOf = rows.ToLookup(row => row.ParentId);
        _byId = rows.ToDictionary(row => row.Id);
    }

    public static ProcessTable Read()
    {
        List<Row> rows = [];
        foreach (string path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && FieldsOf(id) is { } fields)
            {
                rows.Add(new Row(id, (int)Number(fields[Parent]), Number(fields[Threads]), Number(fields[ResidentPages]) * Environment.SystemPageSize));
            }
        }

        return new ProcessTable(rows);
    }

    /// <summary>When a process began, in ticks since the machine's start; null when there is none.</summary>
    public static long? StartOf(int id) => FieldsOf(id) is { } fields ? Number(fields[Start]) : null;

    /// <summary>Whether that process is there, and not just left for its parent to look at. The first of a pid namespace ends last.</summary>
    public static bool Runs(int id, long start) =>
        FieldsOf(id) is { } fields && Number(fields[Start]) == start && !IsOver(fields);

    /// <summary>Ends a process, if it is still the one that began then.</summary>
    public static void Kill(int id, long start)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            if (StartOf(id) == start)
            {
                process.Kill();
            }
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended meanwhile.
        }
    }

    /// <summary>A process and all that descend from it.</summary>
    public IEnumerable<Row> TreeOf(int id)
    {
        if (!_byId.TryGetValue(id, out Row root))
        {
            yield break;
        }

        var left = new Stack<Row>([root]);
        while (left.TryPop(out Row row))
        {
            yield return row;
            foreach (Row child in _childrenOf[row.Id])
            {
                left.Push(child);
            }
        }
    }

    /// <summary>Memory of a process with shared pages counted by halves, thirds and so on; null when it cannot be read.</summary>
    public static long? ProportionalBytes(int id)
    {
        try
        {
            string? line = File.ReadLines($"{FolderOf(id)}/smaps_rollup").FirstOrDefault(static line => line.StartsWith("Pss:", StringComparison.Ordinal));
            return line is null ? null : Number(line["Pss:".Length..^" kB".Length].Trim()) * 1024;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Where the kernel tells about a process: its own folder; one of a thread's where the first thread has ended, of whom it tells nothing.
    /// </summary>
    public static string FolderOf(int id)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{id}");
        return FieldsIn(folder) is { } fields && IsOver(fields) && Number(fields[Threads]) > 1
            ? ThreadFoldersOf(id).FirstOrDefault(static thread => FieldsIn(thread) is { } living && !IsOver(living), folder)
            : folder;
    }

    /// <summary>The same of each thread: threads can have files of their own.</summary>
    public static string[] ThreadFoldersOf(int id)
    {
        try
        {
            return Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/task"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsOver(string[] fields) => fields[State] is "Z" or "X";

    /// <remarks>A process whose first thread has ended goes on in the others, of which one tells whether it runs and what it takes.</remarks>
    private static string[]? FieldsOf(int id)
    {
        string[]? fields = FieldsIn(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}"));
        if (fields is not null && IsOver(fields) && Number(fields[Threads]) > 1 && FieldsIn(FolderOf(id)) is { } living)
        {
            (fields[State], fields[ResidentPages]) = (living[State], living[ResidentPages]);
        }

        return fields;
    }

    private static string[]? FieldsIn(string folder)
    {
        try
        {
            string stat = File.ReadAllText($"{folder}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // the name before it may hold anything
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <param name="Bytes">Resident memory, shared pages counted whole.</param>
    internal readonly record struct Row(int Id, int ParentId, long Threads, long Bytes);
}
