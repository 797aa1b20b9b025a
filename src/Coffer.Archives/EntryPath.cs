using System.Text;

namespace Coffer.Archives;

/// <summary>Names in archives as paths below the place where the archive is extracted.</summary>
public static class EntryPath
{
    /// <summary>
    /// The path that a name stands for: parts joined by <c>/</c>, without <c>.</c> and empty ones; empty for the place itself.
    /// </summary>
    /// <exception cref="ArchiveException">UnsafeEntry: the name leads elsewhere, or no file can have it.</exception>
    public static string Of(string name, ArchiveLimits limits)
    {
        if (name.Contains('\0', StringComparison.Ordinal)) throw Unsafe(name, "has a NUL in its name");
        if (name.StartsWith('/')) throw Unsafe(name, "has an absolute name");
        string path = IsPlain(name) ? name : Cleaned(name);
        if (path.Length >= 2 && path[1] == ':' && char.IsAsciiLetter(path[0]) && (path.Length == 2 || path[2] is '/' or '\\'))
        {
            throw Unsafe(name, "begins with a drive letter");
        }

        if (Encoding.UTF8.GetByteCount(path) > limits.PathBytes)
        {
            throw Unsafe(name, $"has a path of more than {limits.PathBytes} bytes");
        }

        if (path.AsSpan().Count('/') >= limits.Depth)
        {
            throw Unsafe(name, $"lies deeper than {limits.Depth} names");
        }

        foreach (Range part in path.AsSpan().Split('/'))
        {
            if (Encoding.UTF8.GetByteCount(path.AsSpan(part)) > limits.NameBytes)
            {
                throw Unsafe(name, $"has a name of more than {limits.NameBytes} bytes");
            }
        }

        return path;
    }

    /// <summary>The path of the directory that a path lies in; empty at the top.</summary>
    public static string ParentOf(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }

    /// <summary>How a message shows a name: cut, and without what would break the line.</summary>
    internal static string Shown(string name)
    {
        const int most = 120;
        var shown = new StringBuilder("'");
        foreach (char character in name.Length > most ? name.AsSpan(0, most) : name)
        {
            shown.Append(char.IsControl(character) ? '?' : character);
        }

        return shown.Append(name.Length > most ? "…'" : "'").ToString();
    }

    internal static ArchiveException Unsafe(string name, string what) => new(ArchiveFault.UnsafeEntry, $"the entry {Shown(name)} {what}");

    /// <summary>Whether nothing is to be taken out; nearly every name.</summary>
    private static bool IsPlain(string name)
    {
        bool isStart = true;
        foreach (char character in name)
        {
            if (isStart && character is '.' or '/') return false;
            isStart = character == '/';
        }

        return !isStart;
    }

    private static string Cleaned(string name)
    {
        var parts = new List<string>();
        foreach (string part in name.Split('/'))
        {
            switch (part)
            {
                case "" or ".":
                    break;
                case "..":
                    throw Unsafe(name, "has '..' in its name");
                default:
                    parts.Add(part);
                    break;
            }
        }

        return string.Join('/', parts);
    }
}
