using System.Text;

namespace Coffer.Objects;

/// <summary>Rules for what users name things and how long things live; the same in every dialect.</summary>
public static class ObjectRules
{
    public const int MaxNameLength = 1024;
    public const int MaxKeyBytes = 1024;

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

    /// <exception cref="StoreException">InvalidArgument.</exception>
    public static void CheckKey(string key)
    {
        CheckUnicode(key, "key");
        int size = Encoding.UTF8.GetByteCount(key);
        if (size is 0 or > MaxKeyBytes)
        {
            throw Invalid($"key has {size} bytes; 1 to {MaxKeyBytes} are allowed");
        }

        if (key.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid("key holds a NUL character");
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

    private static void CheckUnicode(string text, string what)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                throw Invalid($"{what} is not well-formed Unicode");
            }

            i++;
        }
    }

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidArgument, message);
}
