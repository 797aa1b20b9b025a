using System.Text;

namespace Coffer.Devboxes.Execution;

/// <summary>Output of commands as text: UTF-8, with U+FFFD for what is none.</summary>
public static class OutputText
{
    /// <summary>Most bytes of one stream that a view shows; the rest comes by the streams.</summary>
    public const int MaxViewBytes = 1 << 20;

    private const int LongestCharacter = 4;

    /// <summary>The end of an output.</summary>
    /// <param name="lines">At most so many lines of it; null for as many as fit.</param>
    /// <returns>The text, and whether anything before it was left out.</returns>
    public static (string Text, bool IsCut) EndOf(ExecutionOutput output, int? lines)
    {
        long start = Math.Max(0, output.Length - MaxViewBytes);
        byte[] bytes = new byte[(int)(output.Length - start)];
        ReadOnlySpan<byte> end = bytes.AsSpan(0, output.Read(start, bytes, out _));
        if (start > 0)
        {
            end = end[StartOfCharacter(end)..];
        }

        int from = lines is { } count ? StartOfLines(end, count) : 0;
        return (Encoding.UTF8.GetString(end[from..]), start > 0 || from > 0);
    }

    /// <summary>How many of these bytes end with a whole character, so that a chunk does not part one.</summary>
    public static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(LongestCharacter - 1, bytes.Length); back++)
        {
            byte lead = bytes[^back];
            if ((lead & 0xC0) == 0x80)
            {
                continue;
            }

            int needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
            return needed > back ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }

    private static int StartOfCharacter(ReadOnlySpan<byte> bytes)
    {
        int start = 0;
        while (start < Math.Min(LongestCharacter - 1, bytes.Length) && (bytes[start] & 0xC0) == 0x80)
        {
            start++;
        }

        return start;
    }

    private static int StartOfLines(ReadOnlySpan<byte> bytes, int count)
    {
        if (count <= 0)
        {
            return bytes.Length;
        }

        int at = bytes is [.., (byte)'\n'] ? bytes.Length - 1 : bytes.Length; // the end of the last line begins no further one
        for (int line = 0; line < count; line++)
        {
            at = bytes[..at].LastIndexOf((byte)'\n');
            if (at < 0)
            {
                return 0;
            }
        }

        return at + 1;
    }
}
