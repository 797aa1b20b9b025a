using System.Net;

namespace Coffer.Client;

/// <summary>A call that the server refused, or that never got a usable answer.</summary>
/// <remarks>
/// <see cref="CofferConnectionException"/> and <see cref="CofferTimeoutException"/> are the kinds without an answer. By the time
/// this is thrown the client has already retried what its rules let it retry. Wrong arguments are
/// <see cref="ArgumentException"/>, a cancelled call is <see cref="OperationCanceledException"/>.
/// </remarks>
public class CofferException : Exception
{
    /// <summary>Makes an exception; for tests that stand in for a client.</summary>
    /// <param name="message">What happened, for people.</param>
    /// <param name="innerException">What caused it, if anything did.</param>
    public CofferException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>The HTTP status, such as 404; null when there was no answer.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>The server's machine word for the error, its <c>code</c>; null when the answer had none.</summary>
    public string? Code { get; init; }

    /// <summary>
    /// What to quote to the server's operator: the <c>x-request-id</c> of the answer, else the one that was sent; null when
    /// there was neither, as reading calls send none.
    /// </summary>
    public string? RequestId { get; init; }

    /// <summary>
    /// Names the decision of a policy that refused the call; <see cref="AdminClient.ExplainDecisionAsync"/> tells why. Null when no
    /// policy did.
    /// </summary>
    public string? DecisionId { get; init; }

    /// <summary>The body of the answer as text, cut after 64 KiB; null when there was no answer.</summary>
    public string? RawBody { get; init; }

    /// <summary>Whether the same call may well succeed later: 408, 409, 429, 5xx, no connection, no answer in time.</summary>
    /// <remarks>The server's <c>x-should-retry</c> header has the last word.</remarks>
    public bool IsTransient { get; init; }

    /// <summary>Whether the call may have taken effect although no answer says so.</summary>
    internal bool MayHaveArrived { get; init; }

    /// <summary>How long the server asked to wait before another try; null when it did not, or asked for over a minute.</summary>
    internal TimeSpan? RetryAfter { get; init; }
}
