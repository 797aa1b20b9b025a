using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Coffer.Client;

/// <summary>The Storage API's way to say no: <c>{"statusCode", "error", "message", "code"}</c>, mostly under HTTP 400.</summary>
internal static class StorageErrors
{
    private const int LongestPlainText = 1000;

    /// <summary>
    /// Makes the exception of whatever came: members may be missing or of another type, the body no JSON at all.
    /// </summary>
    public static CofferException Of(RefusedAnswer answer)
    {
        Body body = Read(answer);
        int status = body.StatusCode ?? (int)answer.Status;
        bool isTransient = IsTransient(answer, status);

        string said = body.Message ?? answer.Reason ?? "";
        string word = (body.Code ?? body.Error) is { } code && code != said ? $" {code}" : "";
        return new StorageException($"{answer.What}: {status}{word}: {said}{answer.NoteIf(isTransient)}")
        {
            Status = answer.Status,
            StatusCode = status,
            Error = body.Error,
            Code = body.Code,
            ServerMessage = body.Message,
            DecisionId = answer.Header("x-coffer-decision"),
            RequestId = answer.RequestId,
            RawBody = answer.Body,
            IsTransient = isTransient,
            RetryAfter = answer.RetryAfter,
        };
    }

    // A conflict is a duplicate here, and stays one. Locks and limits pass, also when they come folded into a 400.
    private static bool IsTransient(RefusedAnswer answer, int status) => answer.Header("x-should-retry")?.Trim() switch
    {
        "true" => true,
        "false" => false,
        _ => status is (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.Locked or (int)HttpStatusCode.TooManyRequests
            or >= 500,
    };

    private static Body Read(RefusedAnswer answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new(
                    Number(json.RootElement, "statusCode"), Text(json.RootElement, "error"), Text(json.RootElement, "message"),
                    Text(json.RootElement, "code"));
            }
        }
        catch (JsonException)
        {
            // Resumable uploads answer in plain text; so may a proxy.
        }

        bool isWords = answer.MediaType == "text/plain" && answer.Body.Length is > 0 and <= LongestPlainText;
        return new(null, null, isWords ? answer.Body.Trim() : null, null);
    }

    private static string? Text(JsonElement body, string member) =>
        body.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static int? Number(JsonElement body, string member)
    {
        if (!body.TryGetProperty(member, out JsonElement value))
        {
            return null;
        }

        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 100 and < 1000
            ? number
            : null;
    }

    private sealed record Body(int? StatusCode, string? Error, string? Message, string? Code);
}
