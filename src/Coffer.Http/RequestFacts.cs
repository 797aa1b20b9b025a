using Microsoft.AspNetCore.Http;

namespace Coffer.Http;

/// <summary>What a request's log line and metrics say beyond what HTTP itself shows. Valid until the request ends.</summary>
public sealed class RequestFacts
{
    /// <summary>The caller's <c>x-request-id</c>, or one made here; the response carries it too.</summary>
    public string RequestId { get; set; } = "";

    /// <summary>Id of the account that the caller acts for, once known. Logged, never a metric label.</summary>
    public string? Account { get; set; }

    /// <summary>Machine word of the error that was answered, such as <c>object_not_found</c>.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>Names the decision of a policy that refused the request.</summary>
    public string? DecisionId { get; set; }

    /// <summary>Set where one route holds several operations; otherwise the endpoint's <see cref="Http.Operation"/> counts.</summary>
    public string? Operation { get; set; }

    /// <summary>The configured public base URL without a trailing slash; null when it comes from the request.</summary>
    public string? PublicBase { get; set; }

    /// <summary>Forgets one request, so that the instance can serve the next.</summary>
    public void Reset() => (RequestId, Account, ErrorCode, DecisionId, Operation, PublicBase) = ("", null, null, null, null, null);
}

/// <summary>Finds the facts of the current request.</summary>
public static class RequestFactsExtensions
{
    public static RequestFacts Facts(this HttpContext http)
    {
        if (http.Features.Get<RequestFacts>() is { } facts)
        {
            return facts;
        }

        // Only outside the server, where a test calls an endpoint directly.
        facts = new RequestFacts();
        http.Features.Set(facts);
        return facts;
    }
}
