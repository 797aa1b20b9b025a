using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Coffer.Client;

/// <summary>Turns what the network does, and what a server answers, into the exceptions of this package.</summary>
internal static class Failures
{
    private const int LongestErrorBody = 64 * 1024;

    /// <summary>The exception to throw for one that came out of a connection; null when it is none of the network's.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="what">The call, such as <c>GET /v1/objects</c>; never a signed query.</param>
    /// <param name="deadline">Tells a timeout and a cancelled call from a broken connection.</param>
    /// <param name="note">A sentence to add; null for none.</param>
    public static Exception? OfNetwork(Exception error, string what, Deadline deadline, string? note = null)
    {
        note = note is null ? "" : $" {note}";
        if (deadline.Caller.IsCancellationRequested)
        {
            return new OperationCanceledException(deadline.Caller);
        }

        if (deadline.HasPassed || TimedOut(error))
        {
            string limit = deadline.HasPassed ? $" within {deadline.Limit.TotalSeconds:0.###} s" : " in time";
            return new CofferTimeoutException($"{what}: the server did not go on{limit}.{note}", error)
            {
                MayHaveArrived = IsPastConnecting(error),
            };
        }

        return error is HttpRequestException or IOException or SocketException
            ? new CofferConnectionException($"{what}: {error.Message}{note}", error) { MayHaveArrived = IsPastConnecting(error) }
            : null;
    }

    /// <summary>The exception for an answer that is no success; reads the answer's body.</summary>
    /// <param name="async">False blocks the calling thread.</param>
    /// <param name="answer">The answer; stays open.</param>
    /// <param name="what">The call, as in <see cref="OfNetwork"/>.</param>
    /// <param name="deadline">Ends the reading of the body.</param>
    /// <param name="now">What a date to come back at is counted from.</param>
    /// <param name="note">A sentence to add when the failure is a passing one; null for none.</param>
    /// <param name="refusal">How the API at hand says no; the Objects API's way when null.</param>
    public static async ValueTask<CofferException> OfAnswerAsync(
        bool async, HttpResponseMessage answer, string what, Deadline deadline, DateTimeOffset now, string? note = null,
        Func<RefusedAnswer, CofferException>? refusal = null)
    {
        byte[] bytes = await BodyBytes.ReadAsync(async, answer, LongestErrorBody, deadline).ConfigureAwait(false);
        return (refusal ?? OfObjects)(new RefusedAnswer(answer, what, Encoding.UTF8.GetString(bytes), now, note));
    }

    /// <summary>The Objects API's way to say no: <c>{"message": …, "code": …}</c> under the HTTP status.</summary>
    public static CofferException OfObjects(RefusedAnswer answer) => OfObjects(answer, isTried: true);

    /// <param name="answer">What was answered.</param>
    /// <param name="isTried">Whether it counts as passing when it looks so; false for an answer that the caller acts upon.</param>
    public static CofferException OfObjects(RefusedAnswer answer, bool isTried)
    {
        var error = ErrorBody.Read(answer.Body);
        bool isTransient = isTried && RetryRules.IsTransient(answer.Status, answer.Headers);

        string said = error?.Message ?? answer.Reason ?? "";
        string code = error?.Code is { } word ? $" {word}" : "";
        return new CofferException($"{answer.What}: {(int)answer.Status}{code}: {said}{answer.NoteIf(isTransient)}")
        {
            Status = answer.Status,
            Code = error?.Code,
            DecisionId = answer.Header("x-coffer-decision"),
            RequestId = answer.RequestId,
            RawBody = answer.Body,
            IsTransient = isTransient,
            RetryAfter = answer.RetryAfter,
        };
    }

    public static string? RequestIdOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("x-request-id", out IEnumerable<string>? answered) ? answered.FirstOrDefault()
        : answer.RequestMessage?.Headers.TryGetValues("x-request-id", out IEnumerable<string>? sent) == true
            ? sent.FirstOrDefault()
        : null;

    // Nothing was sent where there was no connection yet. Whatever else broke may have broken after the server's work.
    private static bool IsPastConnecting(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is HttpRequestException
                {
                    HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                        or HttpRequestError.SecureConnectionError,
                }
                or AuthenticationException
                or SocketException
                {
                    SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostNotFound or SocketError.NoData
                        or SocketError.HostUnreachable or SocketError.NetworkUnreachable,
                })
            {
                return false;
            }
        }

        return true;
    }

    private static bool TimedOut(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is TimeoutException or SocketException { SocketErrorCode: SocketError.TimedOut })
            {
                return true;
            }
        }

        return false;
    }
}
