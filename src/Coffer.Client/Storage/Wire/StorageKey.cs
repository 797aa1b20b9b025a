using System.Buffers;
using System.Text;

namespace Coffer.Client;

/// <summary>Buckets and keys as parts of an address.</summary>
internal static class StorageKey
{
    // What encodeURI of JavaScript leaves alone, without the slash, and without ? and #, which would end the path.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'();,:@&=+$");

    // What URLSearchParams of JavaScript leaves alone.
    private static readonly SearchValues<char> PlainInQuery = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._");

    /// <summary>A bucket as one path segment.</summary>
    /// <exception cref="ArgumentException">The id is empty, or a dot segment.</exception>
    public static string Bucket(string bucket)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(bucket);
        return Segment(bucket);
    }

    /// <summary>A key without the slashes at its beginning, which name nothing.</summary>
    /// <exception cref="ArgumentException">Nothing is left.</exception>
    public static string Trimmed(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string key = path.TrimStart('/');
        ArgumentException.ThrowIfNullOrEmpty(key, nameof(path));
        return key;
    }

    /// <summary>A key as path segments, each escaped; empty ones in the middle stay.</summary>
    /// <exception cref="ArgumentException">The key is empty or has a dot segment.</exception>
    public static string Path(string path) => string.Join('/', Trimmed(path).Split('/').Select(Segment));

    /// <summary>Name and value pairs as a form has them, those without a value left out; "" when none is left.</summary>
    public static string Query(params ReadOnlySpan<(string Name, string? Value)> pairs)
    {
        var query = new StringBuilder();
        foreach ((string name, string? value) in pairs)
        {
            if (value is not null)
            {
                query.Append(query.Length > 0 ? "&" : "").Append(name).Append('=')
                    .Append(Escaped(value, PlainInQuery).Replace("%20", "+", StringComparison.Ordinal));
            }
        }

        return query.ToString();
    }

    /// <summary>
    /// Escapes what a path from the server has unescaped, and leaves its escapes as they are: escaping them again is what makes
    /// links of other clients fail.
    /// </summary>
    public static string EscapedOnce(string path)
    {
        var escaped = new StringBuilder(path.Length);
        for (int i = 0; i < path.Length; i++)
        {
            bool isEscape = path[i] == '%' && i + 2 < path.Length
                && char.IsAsciiHexDigit(path[i + 1]) && char.IsAsciiHexDigit(path[i + 2]);
            int length = isEscape ? 3 : char.IsSurrogatePair(path, i) ? 2 : 1;
            string part = path.Substring(i, length);
            escaped.Append(isEscape || part is "/" or "?" or "#" ? part : Escaped(part, Plain));
            i += length - 1;
        }

        return escaped.ToString();
    }

    private static string Segment(string segment) => segment is "." or ".."
        ? throw new ArgumentException($"'{segment}' cannot be part of an address, and so neither of a key.", nameof(segment))
        : Escaped(segment, Plain);

    private static string Escaped(string text, SearchValues<char> plain)
    {
        if (!text.AsSpan().ContainsAnyExcept(plain))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && plain.Contains((char)rune.Value))
            {
                escaped.Append((char)rune.Value);
                continue;
            }

            foreach (byte part in bytes[..rune.EncodeToUtf8(bytes)])
            {
                escaped.Append('%').Append(Convert.ToHexString([part]));
            }
        }

        return escaped.ToString();
    }
}
