using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage;

/// <summary>Headers that several operations read.</summary>
internal static class StorageHeaders
{
    public static bool Upsert(HttpRequest request) => request.Headers["x-upsert"] == "true";

    /// <summary>A text that will be sent back as a header.</summary>
    /// <exception cref="StorageRefusal">A header cannot hold it.</exception>
    public static string? Sendable(string? text, string name) => text is null || !text.AsSpan().ContainsAnyExceptInRange(' ', '~')
        ? text
        : throw new StorageRefusal(StorageErrors.InvalidHeaderChar, $"Invalid character in {name}");
}
