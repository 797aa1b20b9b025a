using System.Net;
using System.Net.Http.Headers;

namespace Coffer.Client;

/// <summary>An answer that is no success, with its body read.</summary>
internal sealed class RefusedAnswer(HttpResponseMessage answer, string what, string body, DateTimeOffset now, string? note)
{
    public string What => what;

    public string Body => body;

    public HttpStatusCode Status => answer.StatusCode;

    public string? Reason => answer.ReasonPhrase;

    public HttpResponseHeaders Headers => answer.Headers;

    public string? MediaType => answer.Content.Headers.ContentType?.MediaType;

    public string? RequestId => Failures.RequestIdOf(answer);

    public TimeSpan? RetryAfter => RetryRules.RetryAfter(answer.Headers, now);

    public string? Header(string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;

    /// <summary>The sentence that explains why a passing failure was not tried again.</summary>
    public string NoteIf(bool isTransient) => note is not null && isTransient ? $" {note}" : "";
}
