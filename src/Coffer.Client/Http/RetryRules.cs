using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Coffer.Client;

/// <summary>Which answers are worth another try, and when.</summary>
/// <remarks>The rules of the published Runloop clients, so that a server sees one kind of caller.</remarks>
internal static class RetryRules
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);

    /// <summary>408, 409, 429 and 5xx; the server's <c>x-should-retry</c> overrules both ways.</summary>
    public static bool IsTransient(HttpStatusCode status, HttpResponseHeaders headers) => First(headers, "x-should-retry") switch
    {
        "true" => true,
        "false" => false,
        _ => status is HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests
            || (int)status >= 500,
    };

    /// <summary>What the server asked for: <c>retry-after-ms</c>, else <c>retry-after</c> in seconds or as a date.</summary>
    /// <returns>Null when it asked for nothing, or for more than a minute.</returns>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now)
    {
        double? milliseconds = Number(First(headers, "retry-after-ms")) ?? (Number(First(headers, "retry-after")) * 1000);
        if (milliseconds is null
            && DateTimeOffset.TryParse(
                First(headers, "retry-after"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                out DateTimeOffset date))
        {
            milliseconds = (date - now).TotalMilliseconds;
        }

        return milliseconds > 0 && milliseconds <= LongestDelay.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(milliseconds.Value)
            : null;
    }

    /// <summary>1 s, 2 s, 4 s … up to a minute, minus up to a quarter, so that many callers do not come back at once.</summary>
    /// <param name="failedTries">At least 1.</param>
    /// <param name="random">From 0 to below 1.</param>
    public static TimeSpan Backoff(int failedTries, double random)
    {
        double seconds = Math.Min(LongestDelay.TotalSeconds, Math.Pow(2, failedTries - 1));
        return TimeSpan.FromSeconds(seconds * (1 - (0.25 * random)));
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : null;

    private static string? First(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) ? values.FirstOrDefault()?.Trim() : null;
}
