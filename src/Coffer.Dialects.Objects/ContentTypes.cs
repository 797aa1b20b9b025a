using Coffer.Objects;

namespace Coffer.Dialects.Objects;

/// <summary>The two ways in which callers say a content type: an enum word, or a media type.</summary>
internal static class ContentTypes
{
    /// <exception cref="StoreException">InvalidArgument when it is neither.</exception>
    public static (ContentClass Class, string? MediaType) Parse(string text)
    {
        if (ObjectWords.ParseClass(text) is { } word)
        {
            return (word, null);
        }

        return MediaTypes.IsWellFormed(text)
            ? (MediaTypes.ClassOf(text), text)
            : throw new StoreException(
                StoreErrorCode.InvalidArgument,
                "content_type is one of unspecified, text, binary, gzip, tar, tgz, or a media type such as text/csv");
    }
}
