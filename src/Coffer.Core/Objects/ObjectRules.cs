using System.Text;

namespace Coffer.Objects;

/// <summary>Rules for what users name things and how long things live; the same in every dialect.</summary>
public static class ObjectRules
{
    public const int MaxNameLength = 1024;
    public const int MaxKeyBytes = 1024;
    private const int MaxHeaderLength = 1024;

    /// <summary>Ten years.</summary>
    public const long MaxLifetimeMs = 10L * 365 * 24 * 3600 * 1000;

    /// <exception cref="StoreException">InvalidArgument.</exception>
    public static void CheckName(string name)
    {
        if (name.Length is 0 or > MaxNameLength)
        {
            throw Invalid($"name has {name.Length} characters; 1 to {MaxNameLength} are allowed");
        }

        if (name.Any(char.IsControl))
        {
            throw Invalid("name holds a control character");
        }

        CheckUnicode(name, "name");
    }

    /// <summary>
    /// What a key that a client chooses may be: ASCII letters, digits and <c>_/!.*'() &amp;$=@;:+,?-</c>, as in the Storage API, and
    /// no segment of dots alone, which clients and proxies resolve.
    /// </summary>
    /// <exception cref="StoreException">InvalidKey.</exception>
    public static void CheckKey(string key, StoreLimits limits)
    {
        if (!IsKey(key, limits.AllowUnicodeKeys))
        {
            throw new StoreException(StoreErrorCode.InvalidKey, $"Invalid key: {key}");
        }
    }

    /// <summary>Whether this is in the alphabet of keys.</summary>
    public static bool IsKeyCharacter(char character) =>
        char.IsAsciiLetterOrDigit(character) || "_/!.*'() &$=@;:+,?-".Contains(character, StringComparison.Ordinal);

    /// <summary>Whether the key only makes an empty folder visible: such an object has no bytes, and a type that does not matter.</summary>
    public static bool IsFolderPlaceholder(string key) => key.EndsWith(".emptyFolderPlaceholder", StringComparison.Ordinal);

    /// <summary>Refuses what cannot be the value of a header, into which it is to be put.</summary>
    /// <exception cref="StoreException">InvalidArgument.</exception>
    public static void CheckHeader(string? value, string what)
    {
        if (value is not null && (value.Length > MaxHeaderLength || value.AsSpan().ContainsAnyExceptInRange(' ', '~')))
        {
            throw Invalid($"{what} is not the value of a header: up to {MaxHeaderLength} printable ASCII characters are allowed");
        }
    }

    /// <summary>The moment at which an object that lives this long ends; null for no end.</summary>
    /// <param name="lifetimeMs">Milliseconds; null or 0 for no end.</param>
    /// <exception cref="StoreException">InvalidArgument when negative or beyond ten years.</exception>
    public static long? ExpiryOf(long? lifetimeMs, long fromMs)
    {
        if (lifetimeMs is < 0 or > MaxLifetimeMs)
        {
            throw Invalid($"ttl_ms is {lifetimeMs}; 0 (no expiry) to {MaxLifetimeMs} (10 years) are allowed");
        }

        return lifetimeMs is null or 0 ? null : fromMs + lifetimeMs;
    }

    private static bool IsKey(string key, bool allowUnicode)
    {
        if (!(allowUnicode ? IsWellFormed(key) && !key.Any(char.IsControl) : key.All(IsKeyCharacter))
            || Encoding.UTF8.GetByteCount(key) is 0 or > MaxKeyBytes)
        {
            return false;
        }

        foreach (Range segment in key.AsSpan().Split('/'))
        {
            if (key.AsSpan(segment) is "." or "..")
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckUnicode(string text, string what)
    {
        if (!IsWellFormed(text))
        {
            throw Invalid($"{what} is not well-formed Unicode");
        }
    }

    private static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return false;
            }

            i++;
        }

        return true;
    }

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidArgument, message);
}
