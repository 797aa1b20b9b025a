using System.Net;

namespace Coffer.Client;

/// <summary>A call of the Storage API that the server refused.</summary>
/// <remarks>
/// The Storage API answers most refusals with HTTP 400 and says in the body what they are: <see cref="StatusCode"/> is that, for
/// example 404 or 409, and <see cref="CofferException.Code"/> the machine word, such as <c>NoSuchKey</c>. Calls that got no
/// answer throw <see cref="CofferConnectionException"/> or <see cref="CofferTimeoutException"/>, so that <see
/// cref="CofferException"/> catches everything. What the answer left out is null here, and an answer that is no JSON, as from a
/// proxy, is kept in <see cref="CofferException.RawBody"/>. Source: Storage API, error body.
/// </remarks>
public class StorageException : CofferException
{
    /// <summary>Makes an exception; for tests that stand in for a client.</summary>
    /// <param name="message">What happened, for people.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public StorageException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>The status of the HTTP answer, mostly 400; the same as <see cref="CofferException.Status"/>.</summary>
    public HttpStatusCode? HttpStatus => Status;

    /// <summary>The status that is meant: the body's <c>statusCode</c>, else the HTTP status.</summary>
    public int? StatusCode { get; init; }

    /// <summary>
    /// The body's <c>error</c>, the older kind of machine word, such as <c>Duplicate</c>; null when there was none.
    /// </summary>
    public string? Error { get; init; }

    /// <summary>
    /// The server's own words, such as <c>Object not found</c>; null when there were none. <see cref="Exception.Message"/> names
    /// the call as well.
    /// </summary>
    public string? ServerMessage { get; init; }
}
