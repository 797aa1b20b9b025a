using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.Net.Http.Headers;

namespace Coffer.Http.Content;

/// <summary>Conditional requests on content (RFC 9110 §13).</summary>
public static class Preconditions
{
    /// <summary>For GET and HEAD.</summary>
    /// <returns>304 or 412 when a condition decides the answer; null when the content is to be sent.</returns>
    public static int? Evaluate(HttpRequest request, EntityTagHeaderValue etag, DateTimeOffset lastModified)
    {
        IHeaderDictionary headers = request.Headers;
        if (headers.IfMatch.Count == 0 && headers.IfNoneMatch.Count == 0
            && headers.IfModifiedSince.Count == 0 && headers.IfUnmodifiedSince.Count == 0)
        {
            return null; // nearly every request
        }

        RequestHeaders typed = request.GetTypedHeaders();
        if (headers.IfMatch.Count > 0)
        {
            if (!typed.IfMatch.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(etag, useStrongComparison: true)))
            {
                return StatusCodes.Status412PreconditionFailed;
            }
        }
        else if (typed.IfUnmodifiedSince is { } unmodifiedSince && lastModified > unmodifiedSince)
        {
            return StatusCodes.Status412PreconditionFailed;
        }

        if (headers.IfNoneMatch.Count > 0)
        {
            return typed.IfNoneMatch.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(etag, useStrongComparison: false))
                ? StatusCodes.Status304NotModified
                : null;
        }

        return typed.IfModifiedSince is { } modifiedSince && lastModified <= modifiedSince ? StatusCodes.Status304NotModified : null;
    }

    /// <summary>For PUT: judges the entity tag of what is there, without quotes, null for nothing.</summary>
    /// <returns>Null when the request has no condition.</returns>
    public static Func<string?, bool>? OfPut(HttpRequest request)
    {
        if (request.Headers.IfMatch.Count == 0 && request.Headers.IfNoneMatch.Count == 0)
        {
            return null;
        }

        RequestHeaders typed = request.GetTypedHeaders();
        bool hasIfMatch = request.Headers.IfMatch.Count > 0;
        return etag => (!hasIfMatch || Names(typed.IfMatch, etag, strongly: true)) && !Names(typed.IfNoneMatch, etag, strongly: false);

        static bool Names(IList<EntityTagHeaderValue> tags, string? etag, bool strongly) => etag is not null
            && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(new EntityTagHeaderValue($"\"{etag}\""), strongly));
    }

    /// <summary>Whether a Range header counts: without If-Range, or when that names the content as it is.</summary>
    public static bool RangeHolds(HttpRequest request, EntityTagHeaderValue etag, DateTimeOffset lastModified)
    {
        if (request.Headers.IfRange.Count == 0)
        {
            return true;
        }

        RangeConditionHeaderValue? condition = request.GetTypedHeaders().IfRange;
        return condition?.EntityTag is { } tag
            ? tag.Compare(etag, useStrongComparison: true)
            : condition?.LastModified is { } date && date == lastModified;
    }
}
