using System.Text;
using System.Text.Unicode;

namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>A text that is looked for in names as they are stored, letter case ignored as <see cref="StringComparison.OrdinalIgnoreCase"/> does.</summary>
internal sealed class NamePart(string text)
{
    private const int StackChars = 512;

    private readonly byte[]? _ascii = Ascii.IsValid(text) ? Encoding.ASCII.GetBytes(text.ToLowerInvariant()) : null;

    public bool IsIn(ReadOnlySpan<byte> name) => _ascii is not null && Ascii.IsValid(name) ? IsInAscii(name, _ascii) : IsInText(name);

    /// <summary>As bytes, without making characters of them: a search reads a million names.</summary>
    private static bool IsInAscii(ReadOnlySpan<byte> name, byte[] part)
    {
        if (part.Length == 0)
        {
            return true;
        }

        byte lower = part[0];
        byte capital = lower is >= (byte)'a' and <= (byte)'z' ? (byte)(lower & ~0x20) : lower;
        while (name.Length >= part.Length)
        {
            int at = name[..(name.Length - part.Length + 1)].IndexOfAny(lower, capital);
            if (at < 0)
            {
                return false;
            }

            if (Ascii.EqualsIgnoreCase(name.Slice(at, part.Length), part))
            {
                return true;
            }

            name = name[(at + 1)..];
        }

        return false;
    }

    private bool IsInText(ReadOnlySpan<byte> name)
    {
        Span<char> buffer = stackalloc char[StackChars];
        Span<char> characters = name.Length <= StackChars ? buffer : new char[name.Length];
        Utf8.ToUtf16(name, characters, out _, out int length);
        return ((ReadOnlySpan<char>)characters[..length]).Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}
