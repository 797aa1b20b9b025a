using System.Net;
using System.Net.Sockets;
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
            return new CofferTimeoutException($"{what}: the server did not go on{limit}.{note}", error);
        }

        return error is HttpRequestException or IOException or SocketException
            ? new CofferConnectionException($"{what}: {error.Message}{note}", error)
            : null;
    }

    /// <summary>The exception for an answer that is no success; reads the answer's body.</summary>
    public static async ValueTask<CofferException> OfAnswerAsync(
        bool async, HttpResponseMessage answer, string what, Deadline deadline, DateTimeOffset now, string? note = null)
    {
        byte[] bytes = await BodyBytes.ReadAsync(async, answer, LongestErrorBody, deadline).ConfigureAwait(false);
        string body = Encoding.UTF8.GetString(bytes);
        var error = ErrorBody.Read(body);
        bool isTransient = RetryRules.IsTransient(answer.StatusCode, answer.Headers);

        string said = error?.Message ?? answer.ReasonPhrase ?? "";
        string code = error?.Code is { } word ? $" {word}" : "";
        return new CofferException(
            $"{what}: {(int)answer.StatusCode}{code}: {said}{(note is not null && isTransient ? $" {note}" : "")}")
        {
            Status = answer.StatusCode,
            Code = error?.Code,
            RequestId = RequestIdOf(answer),
            DecisionId = answer.Headers.TryGetValues("x-coffer-decision", out IEnumerable<string>? decision) ? decision.FirstOrDefault() : null,
            RawBody = body,
            IsTransient = isTransient,
            RetryAfter = RetryRules.RetryAfter(answer.Headers, now),
        };
    }

    public static string? RequestIdOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("x-request-id", out IEnumerable<string>? answered) ? answered.FirstOrDefault()
        : answer.RequestMessage?.Headers.TryGetValues("x-request-id", out IEnumerable<string>? sent) == true
            ? sent.FirstOrDefault()
        : null;

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
