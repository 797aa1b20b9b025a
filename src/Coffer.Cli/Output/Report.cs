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

    /// <summary>Whether all was done that was asked, and this only makes somebody look twice.</summary>
    public bool IsWarning { get; init; }

    public int? Status { get; init; }

    public string? RequestId { get; init; }

    /// <summary>Whether the rest of the run would fail the same way.</summary>
    public bool EndsRun { get; init; }

    /// <param name="verb">As typed, such as <c>coffer key create</c>.</param>
    /// <param name="connection">Null as long as none was needed.</param>
    /// <param name="cancelled">Tells Ctrl-C from anything else that was cancelled.</param>
    public static Report Of(Exception failure, string verb, ServerConnection? connection, CancellationToken cancelled)
    {
        Report report = OfKind(failure, verb, connection, cancelled);
        return failure.Data[UploadOptions.LeftBehind] is string id && report.Message.Length > 0
            ? report with { Message = $"{report.Message} ({id} is left behind {(verb == "coffer devbox create" ? $"and may run; `coffer devbox shutdown {id}` ends" : $"unfinished; `coffer rm {id}` removes")} it, or the server in time)" }
            : report;
    }

    private static Report OfKind(Exception failure, string verb, ServerConnection? connection, CancellationToken cancelled)
    {
        return failure switch
        {
            ClosedPipeException => new("", ExitCodes.Done) { EndsRun = true },
            CommandEndedException =>
                new("interrupted; the command in the devbox was ended, too", ExitCodes.Interrupted) { Code = "interrupted", EndsRun = true },
            _ when cancelled.IsCancellationRequested =>
                new("interrupted; what was finished before stays", ExitCodes.Interrupted) { Code = "interrupted", EndsRun = true },
            OutputFailedException => new($"{failure.Message}; check where it goes", ExitCodes.Failed) { Code = "local", EndsRun = true },
            UsageException => new(failure.Message, ExitCodes.Usage) { Code = "usage", EndsRun = true },
            RefusedException => new(failure.Message, ExitCodes.Failed) { Code = "local" },
            UnreachableException unreachable => new(
                $"{failure.Message}; {unreachable.Next ?? "is the server running? Start it with `coffer serve`, or set COFFER_URL"} "
                    + $"(the address is from {connection?.UrlSource})",
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
            FileChangedException => new($"{Text.Clause(failure.Message)}; run it again when nothing writes to it", ExitCodes.Failed)
            {
                Code = "local",
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
        string what = Text.Clause(MessageIn(refusal.RawBody) ?? (refusal as StorageException)?.ServerMessage ?? refusal.Message);
        if (refusal.Code == "invalid_argument")
        {
            what = InOptions(what, verb);
        }

        string? word = refusal.Code ?? PlainRefusals.WordOf(refusal);
        return new(what + Next(refusal, word, verb, connection), ExitCodes.Failed)
        {
            Code = word,
            Status = StatusOf(refusal),
            RequestId = refusal.RequestId,
            EndsRun = StatusOf(refusal) is 401 or 507,
        };
    }

    /// <summary>What to do next, with what parts it from what happened. The server's word tells most; its status, where it has none.</summary>
    private static string Next(CofferException refusal, string? word, string verb, ServerConnection? connection) => (word, (HttpStatusCode?)StatusOf(refusal)) switch
    {
        _ when refusal.DecisionId is { } decision => $"; `coffer policy explain {decision}` tells why",
        ("decision_not_found", _) => "; check the id, and whose key is used",
        ("account_exists" or "account_not_found", _) => "; `coffer account list` shows what there is",
        ("key_not_found", _) => "; `coffer key list` shows what there is",
        ("entry_not_found", _) => "; `coffer archive ls` shows what the archive holds",
        ("archive_invalid", _) => "; `coffer get` fetches the object as it is",
        ("devbox_not_found" or "devbox_not_running", _) => "; `coffer devbox ls` shows what runs",
        ("execution_disabled", _) => "", // the server says how to switch it on
        ("file_not_found", _) => "; check the path, relative ones are below /home/user",
        ("object_not_found", _) => "; `coffer ls` shows what there is",
        ("NoSuchBucket", _) => "; `coffer bucket list` shows what there is",
        ("NoSuchKey", _) => "; `coffer ls BUCKET/` shows what there is",
        (PlainRefusals.UploadLost, _) => "; try again, the upload goes on where the server is, or begins anew",
        ("KeyAlreadyExists" or "ResourceAlreadyExists", _) when refusal is StorageException => verb == "coffer mv"
            ? "; remove it first, or choose another key"
            : "; add --upsert to replace it, or --no-clobber to leave what is there",
        ("BucketAlreadyExists", _) => "; choose another name",
        ("ResourceNotEmpty", _) => "; `coffer bucket empty` empties it",
        ("InvalidBucketName", _) => "; a name has letters and digits of ASCII, inner spaces and _!.*'()&$=@;:+,?-, at most 100 of them, and no slash",
        ("InvalidKey", _) => "; a key has only letters and digits of ASCII, spaces and _/!.*'()&$=@;:+,?-",
        ("InvalidMimeType", _) => "; `coffer bucket list` shows what the bucket takes, --type says another type",
        ("EntityTooLarge", _) => "; the bucket's limit, as in `coffer bucket list`, or the server's COFFER_MAX_OBJECT_BYTES",
        ("not_found", _) => Elsewhere(connection),
        (null, HttpStatusCode.NotFound) when MessageIn(refusal.RawBody) is null => Elsewhere(connection), // some web server's page
        ("access_denied", _) when verb is "coffer rm" or "coffer publish" or "coffer unpublish" => "; use a key of its account",
        ("access_denied", _) => $" (the key is from {connection?.KeySource})", // the server says which key it takes
        ("signature_invalid" or "signature_expired", _) => "; try again, the link for the bytes is made anew",
        ("nothing_uploaded" or "content_truncated", _) => "; try again",
        ("wrong_state", _) => "; `coffer stat` shows its state",
        (_, HttpStatusCode.BadRequest) => $"; see `{verb} --help`",
        (_, HttpStatusCode.Unauthorized) =>
            $"; the key is from {connection?.KeySource}, for {connection?.Url.GetLeftPart(UriPartial.Authority)}: check both",
        (_, HttpStatusCode.Forbidden) => $"; the key is from {connection?.KeySource}",
        (_, HttpStatusCode.NotFound) => "; `coffer ls` shows what there is",
        (_, HttpStatusCode.Gone) => "; what is deleted stays deleted, put it again",
        (_, HttpStatusCode.RequestEntityTooLarge) => "; the server's COFFER_MAX_OBJECT_BYTES sets the limit",
        (_, HttpStatusCode.InsufficientStorage) => "; make room on the server, for example with `coffer rm --unused-for 90d`",
        (_, not null) when refusal.IsTransient => "; try again later",
        _ => "; the server's log says more",
    };

    /// <summary>The Storage API says most refusals under HTTP 400, and in the body what they are.</summary>
    private static int? StatusOf(CofferException refusal) => (refusal as StorageException)?.StatusCode ?? (int?)refusal.Status;

    private static string Elsewhere(ServerConnection? connection) =>
        $"; is there a Coffer server at {connection?.Url} (from {connection?.UrlSource})?";

    /// <summary>The members of the wire by the names that were typed.</summary>
    private static string InOptions(string message, string verb)
    {
        int end = message.IndexOfAny([' ', '.']);
        string? option = (end < 0 ? message : message[..end]) switch
        {
            "content_type" => "--type",
            "ttl_ms" => "--ttl",
            "metadata" => "--meta",
            "name" when verb is "coffer put" or "coffer ls" or "coffer rm" => "--name",
            var same and ("search" or "state" or "limit" or "right" or "label" or "subject") => "--" + same,
            _ => null,
        };
        return option is null || end < 0 ? message
            : message[end] == '.' ? $"{option} {message[(end + 1)..]}" // metadata.project
            : option + message[end..];
    }

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
