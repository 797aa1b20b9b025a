using System.Net;
using System.Text.Json;
using Coffer.Cli.Connection;
using Coffer.Client;

namespace Coffer.Cli.Output;

/// <summary>What is said about a failure, in one line: what happened; what to do next.</summary>
/// <param name="Message">Empty for a failure that nobody has to hear about.</param>
internal sealed record Report(string Message, int ExitCode)
{
    /// <summary>The server's machine word for it, or ours where no server was asked.</summary>
    public string? Code { get; init; }

    public int? Status { get; init; }

    public string? RequestId { get; init; }

    /// <summary>Whether the rest of the run would fail the same way.</summary>
    public bool EndsRun { get; init; }

    /// <param name="verb">As typed, such as <c>coffer key create</c>.</param>
    /// <param name="connection">Null as long as none was needed.</param>
    /// <param name="cancelled">Tells Ctrl-C from anything else that was cancelled.</param>
    public static Report Of(Exception failure, string verb, ServerConnection? connection, CancellationToken cancelled)
    {
        return failure switch
        {
            ClosedPipeException => new("", ExitCodes.Done) { EndsRun = true },
            _ when cancelled.IsCancellationRequested =>
                new("interrupted; what was finished before stays", ExitCodes.Interrupted) { Code = "interrupted", EndsRun = true },
            OutputFailedException => new($"{failure.Message}; check where it goes", ExitCodes.Failed) { Code = "local", EndsRun = true },
            UsageException => new(failure.Message, ExitCodes.Usage) { Code = "usage", EndsRun = true },
            RefusedException => new(failure.Message, ExitCodes.Failed) { Code = "local" },
            UnreachableException => new(
                $"{failure.Message}; is the server running? Start it with `coffer serve`, or set COFFER_URL (the address is from "
                    + $"{connection?.UrlSource})",
                ExitCodes.Failed) { Code = "connection_failed", EndsRun = true },
            CofferTimeoutException => new($"{Text.Clause(failure.Message)}; try again, or look at the server's log", ExitCodes.Failed)
            {
                Code = "timeout", EndsRun = true,
            },
            CofferConnectionException => new($"{Text.Clause(failure.Message)}; try again, or look at the server's log", ExitCodes.Failed)
            {
                Code = "connection_failed", EndsRun = true,
            },
            CofferException refusal => OfAnswer(refusal, verb, connection),
            ArgumentException => new($"{Text.Clause(failure.Message)}; see `{verb} --help`", ExitCodes.Usage)
            {
                Code = "usage",
            },
            UnauthorizedAccessException => new($"{Text.Clause(failure.Message)}; check its permissions", ExitCodes.Failed) { Code = "local" },
            IOException => new($"{Text.Clause(failure.Message)}; check the path and the disk", ExitCodes.Failed) { Code = "local" },
            _ => new($"{Text.Clause(failure.Message)}; this is a bug in coffer, please report it ({failure.GetType().Name})", ExitCodes.Failed)
            {
                Code = "internal", EndsRun = true,
            },
        };
    }

    private static Report OfAnswer(CofferException refusal, string verb, ServerConnection? connection)
    {
        string what = Text.Clause(MessageIn(refusal.RawBody) ?? refusal.Message);
        string next = refusal.Status switch
        {
            HttpStatusCode.BadRequest => $"see `{verb} --help`",
            HttpStatusCode.Unauthorized =>
                $"the key is from {connection?.KeySource}, for {connection?.Url.GetLeftPart(UriPartial.Authority)}: check both",
            HttpStatusCode.Forbidden => $"the key from {connection?.KeySource} may not do this, use one with more rights",
            HttpStatusCode.NotFound => $"`coffer {Listing(verb)}` shows what there is",
            HttpStatusCode.Conflict => "`coffer stat` shows its state",
            HttpStatusCode.Gone => "what is deleted stays deleted, put it again",
            HttpStatusCode.RequestEntityTooLarge => "the server's COFFER_MAX_OBJECT_BYTES sets the limit",
            HttpStatusCode.InsufficientStorage => "make room on the server, for example with `coffer rm --unused-for 90d`",
            _ when refusal.IsTransient => "try again later",
            _ => "the server's log says more",
        };

        return new(refusal.Status is null ? $"{what}; the server's log says more" : $"{what}; {next}", ExitCodes.Failed)
        {
            Code = refusal.Code,
            Status = (int?)refusal.Status,
            RequestId = refusal.RequestId,
            EndsRun = refusal.Status is HttpStatusCode.Unauthorized or HttpStatusCode.InsufficientStorage,
        };
    }

    private static string Listing(string verb) => verb.Split(' ')[1] is "key" or "account" ? verb.Split(' ')[1] + " list" : "ls";

    private static string? MessageIn(string? body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body ?? "");
            return json.RootElement.ValueKind is JsonValueKind.Object && json.RootElement.TryGetProperty("message", out JsonElement message)
                && message.ValueKind is JsonValueKind.String
                ? message.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null; // a proxy's page; the exception quotes what there is
        }
    }
}
