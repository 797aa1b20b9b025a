using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer url ID</c>: makes a link that works without a key until it expires.</summary>
internal static class Url
{
    public static Command Command()
    {
        Argument<string> id = Inputs.Id();
        Option<TimeSpan?> expires = Durations.Option(
            "--expires", "How long the link works, at most 7d; an hour when nothing is said.", "1h", Refusal);
        var verb = new Verb(
            "url", "Make a link that anyone can use until it expires.", "coffer url obj_… --expires 7d", "curl \"$(coffer url obj_…)\"")
        {
            id, expires,
        };
        return verb.Runs(async session =>
        {
            string objectId = session.Value(id);
            ObjectDownloadUrl link = await session.Client.Objects.GetDownloadUrlAsync(
                objectId, session.Value(expires), cancellationToken: session.Cancelled);
            if (session.Out.IsJson)
            {
                session.Out.Line(ResultOutput.Json(json => JsonShapes.Write(json, objectId, link)));
            }
            else
            {
                session.Out.Line(link.DownloadUrl);
            }
        });
    }

    // The server would cut a longer time, and take none for an hour: a link that differs from what was asked for without a word.
    private static string? Refusal(TimeSpan expires, string text) =>
        expires > TimeSpan.FromDays(7) ? "a link lives at most 7d; write --expires 7d, or use `coffer publish`"
        : expires == TimeSpan.Zero ? $"--expires {text} is no time at all; write for example --expires 15m"
        : null;
}
