using Coffer.Catalog;
using Coffer.Http;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Objects;

/// <summary>The parameters of both lists. An empty value counts as absent.</summary>
internal static class ListQuery
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 5000;
    private const int MaxTextLength = 1024;

    /// <exception cref="StoreException">InvalidArgument, naming the parameter.</exception>
    public static ObjectQuery Parse(IQueryCollection query)
    {
        (ContentClass? contentClass, string? mediaType) = Type(query);
        return new ObjectQuery
        {
            Limit = Limit(query),
            After = Cursor(query),
            NameContains = Text(query, "name"),
            Search = Text(query, "search"),
            Class = contentClass,
            MediaType = mediaType,
            State = State(query),
            WithTotal = Flag(query, "include_total_count") ?? true,
        };
    }

    /// <summary>What cannot be an id is read as the one that no object has: a page behind it is empty, like behind any unknown object.</summary>
    private static ObjectId? Cursor(IQueryCollection query) => Text(query, "starting_after") is not { } text ? null
        : ObjectId.TryParse(text, out ObjectId id) ? id
        : default(ObjectId);

    private static int Limit(IQueryCollection query)
    {
        if (Text(query, "limit") is not { } text)
        {
            return DefaultLimit;
        }

        if (!WholeNumber.TryParse(text, out long limit))
        {
            throw Invalid($"limit is not a number; 1 to {MaxLimit} are allowed");
        }

        return limit <= 0 ? DefaultLimit : (int)Math.Min(limit, MaxLimit);
    }

    /// <summary>An enum word asks for the class; a media type for exactly that type.</summary>
    private static (ContentClass?, string?) Type(IQueryCollection query)
    {
        if (Text(query, "content_type") is not { } text)
        {
            return (null, null);
        }

        (ContentClass contentClass, string? mediaType) = ContentTypes.Parse(text);
        return mediaType is null ? (contentClass, null) : (null, MediaTypes.Essence(mediaType));
    }

    private static ObjectState? State(IQueryCollection query) => Text(query, "state") is not { } word
        ? null
        : ObjectWords.ParseState(word) ?? throw Invalid("state is one of UPLOADING, READ_ONLY, DELETED, ERROR");

    private static bool? Flag(IQueryCollection query, string name) => Text(query, name) switch
    {
        null => null,
        "true" or "True" or "1" => true,
        "false" or "False" or "0" => false,
        _ => throw Invalid($"{name} is true or false"),
    };

    private static string? Text(IQueryCollection query, string name)
    {
        string? value = query[name];
        return string.IsNullOrEmpty(value) ? null
            : value.Length <= MaxTextLength ? value
            : throw Invalid($"{name} has at most {MaxTextLength} characters");
    }

    private static StoreException Invalid(string message) => new(StoreErrorCode.InvalidArgument, message);
}
