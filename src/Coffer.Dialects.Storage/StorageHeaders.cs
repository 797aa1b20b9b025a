using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage;

/// <summary>Headers that several operations read.</summary>
internal static class StorageHeaders
{
    public static bool Upsert(HttpRequest request) => request.Headers["x-upsert"] == "true";

    /// <summary>User metadata: a JSON object in base64; null when there is none, or none that can be read.</summary>
    public static ObjectMetadata? Metadata(HttpRequest request)
    {
        string? text = request.Headers["x-metadata"];
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        byte[] json = new byte[text.Length];
        return Convert.TryFromBase64String(text, json, out int length) ? ObjectMetadata.FromJson(json.AsSpan(0, length)) : null;
    }

    /// <summary>A text that will be sent back as a header.</summary>
    /// <exception cref="StorageRefusal">A header cannot hold it.</exception>
    public static string? Sendable(string? text, string name) => text is null || !text.AsSpan().ContainsAnyExceptInRange(' ', '~')
        ? text
        : throw new StorageRefusal(StorageErrors.InvalidHeaderChar, $"Invalid character in {name}");
}
