using System.Buffers;

namespace Coffer.Objects;

/// <summary>What media types mean to the store.</summary>
public static class MediaTypes
{
    /// <summary>What bytes of unknown type are (RFC 2046 §4.5.1).</summary>
    public const string Unknown = "application/octet-stream";

    private const int MaxLength = 255;

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-+./");

    /// <summary>What an object's bytes are labelled with: the type that was given, else what its class says.</summary>
    public static string LabelOf(StoredObject found) => found.MediaType ?? LabelOf(found.Class);

    /// <summary>What bytes of a class are labelled with when no type was given.</summary>
    public static string LabelOf(ContentClass contentClass) => contentClass switch
    {
        ContentClass.Text => "text/plain; charset=utf-8",
        ContentClass.Gzip or ContentClass.Tgz => "application/gzip",
        ContentClass.Tar => "application/x-tar",
        _ => Unknown,
    };

    /// <summary>Whether this is a well-formed <c>type/subtype</c>, with or without parameters (RFC 9110 §8.3.1).</summary>
    public static bool IsWellFormed(string mediaType)
    {
        ReadOnlySpan<char> essence = EssenceOf(mediaType);
        int slash = essence.IndexOf('/');
        return mediaType.Length <= MaxLength && slash > 0 && IsToken(essence[..slash]) && IsToken(essence[(slash + 1)..])
            && !mediaType.AsSpan().ContainsAnyInRange('\0', '\x1f') && !mediaType.AsSpan().ContainsAnyExceptInRange(' ', '~');
    }

    /// <summary>Whether this is a type and subtype of letters, digits and <c>-+.</c>, alone or with a <c>charset</c>.</summary>
    public static bool IsPlain(string mediaType)
    {
        ReadOnlySpan<char> essence = EssenceOf(mediaType);
        int semicolon = mediaType.IndexOf(';', StringComparison.Ordinal);
        bool isBare = semicolon < 0
            || mediaType.AsSpan(semicolon + 1).TrimStart().StartsWith("charset=", StringComparison.OrdinalIgnoreCase);
        return isBare && IsWellFormed(mediaType) && !essence.ContainsAnyExcept(PlainCharacters);
    }

    /// <summary>Type and subtype without parameters, in lower case.</summary>
    public static string Essence(string mediaType) => EssenceOf(mediaType).ToString().ToLowerInvariant();

    /// <summary>The content class of a well-formed media type; Unspecified for those that say nothing about it.</summary>
    public static ContentClass ClassOf(string mediaType)
    {
        string essence = Essence(mediaType);
        return essence switch
        {
            "application/json" or "application/xml" or "application/yaml" or "application/x-yaml" or "application/javascript"
                or "application/x-ndjson" or "application/jsonl" or "application/sql" => ContentClass.Text,
            "application/gzip" or "application/x-gzip" => ContentClass.Gzip,
            "application/x-tar" or "application/tar" => ContentClass.Tar,
            "application/x-gtar" or "application/x-tgz" or "application/x-compressed-tar" or "application/tar+gzip" => ContentClass.Tgz,
            "application/octet-stream" or "application/pdf" or "application/zip" => ContentClass.Binary,
            _ when essence.StartsWith("text/", StringComparison.Ordinal)
                || essence.EndsWith("+json", StringComparison.Ordinal)
                || essence.EndsWith("+xml", StringComparison.Ordinal)
                => ContentClass.Text,
            _ when essence.StartsWith("image/", StringComparison.Ordinal)
                || essence.StartsWith("audio/", StringComparison.Ordinal)
                || essence.StartsWith("video/", StringComparison.Ordinal)
                || essence.StartsWith("font/", StringComparison.Ordinal)
                => ContentClass.Binary,
            _ => ContentClass.Unspecified,
        };
    }

    /// <summary>Whether a browser might run what is in it: HTML, XHTML, SVG, XML, a series of parts that may be any of them, and bytes without a type.</summary>
    public static bool IsActive(string? mediaType)
    {
        if (mediaType is null)
        {
            return true;
        }

        ReadOnlySpan<char> essence = EssenceOf(mediaType);
        return essence.Equals("text/html", StringComparison.OrdinalIgnoreCase)
            || essence.Equals("text/xml", StringComparison.OrdinalIgnoreCase)
            || essence.Equals("application/xml", StringComparison.OrdinalIgnoreCase)
            || essence.EndsWith("+xml", StringComparison.OrdinalIgnoreCase)
            || essence.Equals("text/xsl", StringComparison.OrdinalIgnoreCase)
            || essence.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);
    }

    private static ReadOnlySpan<char> EssenceOf(string mediaType)
    {
        int semicolon = mediaType.IndexOf(';', StringComparison.Ordinal);
        return (semicolon < 0 ? mediaType : mediaType.AsSpan(0, semicolon)).Trim();
    }

    private static bool IsToken(ReadOnlySpan<char> text)
    {
        foreach (char character in text)
        {
            if (!char.IsAsciiLetterOrDigit(character) && !"!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return !text.IsEmpty;
    }
}
