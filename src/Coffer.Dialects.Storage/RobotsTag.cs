using System.Globalization;

namespace Coffer.Dialects.Storage;

/// <summary>The X-Robots-Tag of an object: directives for search engines, apart by commas, each perhaps for one agent.</summary>
internal static class RobotsTag
{
    private const int MaxLength = 1000;

    /// <returns>The value as it was given; null when there is none.</returns>
    /// <exception cref="StorageRefusal">A directive is not known.</exception>
    public static string? Parse(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return null;
        }

        if (value.Length > MaxLength || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw Invalid("it is too long, or holds characters that a header cannot");
        }

        foreach (string part in value.Split(','))
        {
            string directive = part.Trim();
            if (directive.StartsWith("unavailable_after:", StringComparison.OrdinalIgnoreCase))
            {
                break; // dates may hold commas: what follows is one
            }

            if (!IsKnown(directive) && !IsForAgent(directive))
            {
                throw Invalid($"unknown directive '{directive}'");
            }
        }

        return value;
    }

    private static bool IsForAgent(string directive)
    {
        int colon = directive.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && IsKnown(directive[(colon + 1)..].Trim());
    }

    private static bool IsKnown(string directive)
    {
        string word = directive.ToLowerInvariant();
        return word is "all" or "noindex" or "nofollow" or "none" or "nosnippet" or "indexifembedded" or "notranslate" or "noimageindex"
                or "max-image-preview:none" or "max-image-preview:standard" or "max-image-preview:large"
            || IsNumbered(word, "max-snippet:") || IsNumbered(word, "max-video-preview:")
            || word.StartsWith("unavailable_after:", StringComparison.Ordinal);
    }

    private static bool IsNumbered(string word, string name) => word.StartsWith(name, StringComparison.Ordinal)
        && int.TryParse(word.AsSpan(name.Length).Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= -1;

    private static StorageRefusal Invalid(string reason) => new(StorageErrors.InvalidRobotsTag, $"Invalid X-Robots-Tag header: {reason}");
}
