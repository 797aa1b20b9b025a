using System.Globalization;
using System.Text;

namespace Coffer.Cli;

/// <summary>Words from elsewhere, made fit for a line on a terminal.</summary>
internal static class Text
{
    /// <summary>
    /// A sentence as a part of one: without its full stop, small where only its position made it large, and without the name of a
    /// parameter, which means something to programmers only.
    /// </summary>
    public static string Clause(string sentence)
    {
        int parameter = sentence.IndexOf(" (Parameter '", StringComparison.Ordinal);
        string clause = Printable((parameter < 0 ? sentence : sentence[..parameter]).Trim().TrimEnd('.'));
        return clause.Length > 1 && char.IsUpper(clause[0]) && char.IsLower(clause[1])
            ? char.ToLowerInvariant(clause[0]) + clause[1..]
            : clause;
    }

    /// <summary>Without anything that would move the cursor, start a line or send the terminal a command.</summary>
    public static string Printable(string text)
    {
        if (!text.Any(IsUnsafe))
        {
            return text;
        }

        var printable = new StringBuilder(text);
        for (int i = 0; i < printable.Length; i++)
        {
            if (IsUnsafe(printable[i]))
            {
                printable[i] = printable[i] is '\n' or '\r' or '\t' ? ' ' : '?';
            }
        }

        return printable.ToString();
    }

    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || c is (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069')
        || char.GetUnicodeCategory(c) is UnicodeCategory.PrivateUse;
}
