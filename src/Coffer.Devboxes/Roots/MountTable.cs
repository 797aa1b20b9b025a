using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Roots;

/// <summary>One line of the mounts that this process sees.</summary>
/// <param name="Parent">The mount that it was placed on.</param>
/// <param name="Root">The directory of its file system that is seen there.</param>
/// <param name="Point">The whole path of the directory that it covers, as it is called now.</param>
/// <param name="IsShared">Whether mounts below it show up in other mount namespaces too.</param>
/// <param name="Source">What the one who mounted it called it; ours say which devbox and mount they belong to.</param>
internal sealed record MountEntry(
    int Id, int Parent, string Device, string Root, string Point, bool IsShared, string FileSystem, string Source)
{
    public bool IsBelow(string folder) =>
        Point.Length > folder.Length && Point.StartsWith(folder, StringComparison.Ordinal) && Point[folder.Length] == '/';
}

/// <summary>The mounts of this process's mount namespace, in the order in which they cover each other.</summary>
/// <remarks>Source: proc_pid_mountinfo(5).</remarks>
internal static class MountTable
{
    /// <summary>All of them. Their paths have a character for each byte: a command can give a directory a name that is no text.</summary>
    public static IReadOnlyList<MountEntry> Read() => Parse(File.ReadAllText("/proc/self/mountinfo", Encoding.Latin1));

    /// <summary>The mounts below this folder.</summary>
    /// <param name="folder">Without links: the kernel knows none.</param>
    public static IReadOnlyList<MountEntry> Below(string folder)
    {
        string named = Named(folder);
        return [.. Read().Where(mount => mount.IsBelow(named))];
    }

    /// <summary>A path as the table has it.</summary>
    public static string Named(string path) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(path));

    public static IReadOnlyList<MountEntry> Parse(string mountInfo)
    {
        var found = new List<MountEntry>();
        foreach (string line in mountInfo.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-", 6);
            bool isShared = fields[6..dash].Any(field => field.StartsWith("shared:", StringComparison.Ordinal));
            found.Add(new MountEntry(
                Number(fields[0]), Number(fields[1]), fields[2], Unescape(fields[3]), Unescape(fields[4]),
                isShared, fields[dash + 1], Unescape(fields[dash + 2])));
        }

        return found;
    }

    /// <summary>The number of the mount that this descriptor is on.</summary>
    public static int IdOf(SafeFileHandle opened)
    {
        const string Label = "mnt_id:";
        string line = File.ReadLines($"/proc/self/fdinfo/{opened.DangerousGetHandle()}")
            .First(line => line.StartsWith(Label, StringComparison.Ordinal));
        return int.Parse(line.AsSpan(Label.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }

    private static int Number(string field) => int.Parse(field, CultureInfo.InvariantCulture);

    /// <summary>Blanks, tabs, line ends and backslashes of names stand there as a backslash with three octal digits.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\')) return field;
        var plain = new StringBuilder(field.Length);
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length)
            {
                plain.Append((char)Convert.ToInt32(field.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                plain.Append(field[i]);
            }
        }

        return plain.ToString();
    }
}
