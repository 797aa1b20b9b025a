using System.Buffers;
using System.Text;
using Coffer.Objects;

namespace Coffer.Dialects.Storage;

/// <summary>Which keys the dialect knows: those of its published server, which are fewer than other dialects have.</summary>
internal static class StorageKey
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/!.*'() &$=@;:+,?-");

    /// <summary>A key without the slashes it begins with, which clients and their users add; the rest stays, empty segments too.</summary>
    /// <exception cref="StorageRefusal">InvalidKey when nothing can have this key: it is empty, or holds a control character.</exception>
    public static string Of(string text)
    {
        string key = text.StartsWith('/') ? text.TrimStart('/') : text;
        return key.Length > 0 && !key.AsSpan().ContainsAnyInRange('\0', '\x1f') ? key : throw StorageErrors.InvalidKey(text);
    }

    /// <summary>The address, found fit for a new object.</summary>
    /// <exception cref="StorageRefusal">InvalidKey.</exception>
    public static ObjectAddress ForWriting(ObjectAddress address)
    {
        string key = address.Key;
        return !key.AsSpan().ContainsAnyExcept(Allowed) && Encoding.UTF8.GetByteCount(key) <= ObjectRules.MaxKeyBytes && !HasDotSegment(key)
            ? address
            : throw StorageErrors.InvalidKey(key);
    }

    private static bool HasDotSegment(string key)
    {
        foreach (Range part in key.AsSpan().Split('/'))
        {
            if (key.AsSpan()[part] is "." or "..")
            {
                return true;
            }
        }

        return false;
    }
}
