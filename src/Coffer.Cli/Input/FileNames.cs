using System.Globalization;
using System.Text;

namespace Coffer.Cli.Input;

/// <summary>Turns the display name of an object, which may be anything, into a file name for every system.</summary>
internal static class FileNames
{
    private const int LongestInBytes = 200; // file systems allow 255; a part file beside it and a suffix by hand need room

    private static readonly string[] WindowsDevices =
    [
        "CON", "PRN", "AUX", "NUL",
        "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    ];

    /// <summary>A name without folders, control characters or other traps; the id where nothing of the name is left.</summary>
    public static string Safe(string name, string id)
    {
        var safe = new StringBuilder(name.Length);
        foreach (Rune rune in name.EnumerateRunes())
        {
            safe.Append(IsTrap(rune) ? "_" : rune.ToString());
        }

        string text = Shortened(safe.ToString().TrimEnd(' ', '.')).TrimStart(' ');
        if (text.Length == 0 || text.All(static c => c is '.' or '_'))
        {
            return name == id ? "object" : Safe(id, id);
        }

        bool isDevice = WindowsDevices.Contains(text.Split('.')[0], StringComparer.OrdinalIgnoreCase);
        return isDevice ? "_" + text
            : text[0] == '-' ? "_" + text[1..] // or the next command takes the file for an option
            : text;
    }

    private static bool IsTrap(Rune rune) =>
        rune.Value is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|'
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0xFFFD; // these turn the reading direction

    private static string Shortened(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= LongestInBytes)
        {
            return text;
        }

        string ending = Path.GetExtension(text);
        ending = Encoding.UTF8.GetByteCount(ending) <= 20 ? ending : "";
        int room = LongestInBytes - Encoding.UTF8.GetByteCount(ending);
        var start = new StringBuilder();
        foreach (Rune rune in text[..^ending.Length].EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0)
            {
                break;
            }

            start.Append(rune.ToString());
        }

        return start.Append(ending).ToString();
    }
}
