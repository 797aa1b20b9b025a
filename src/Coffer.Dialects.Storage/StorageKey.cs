namespace Coffer.Dialects.Storage;

/// <summary>Keys as paths and bodies say them.</summary>
internal static class StorageKey
{
    /// <summary>A key without the slashes it begins with, which clients and their users add; the rest stays, empty segments too.</summary>
    /// <exception cref="StorageRefusal">InvalidKey when no object can have it: it is empty, or holds a control character.</exception>
    public static string Of(string text)
    {
        string key = text.StartsWith('/') ? text.TrimStart('/') : text;
        return key.Length > 0 && !key.AsSpan().ContainsAnyInRange('\0', '\x1f') ? key : throw StorageErrors.InvalidKey(text);
    }
}
