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
        Option<TimeSpan?> expires = Durations.Option("--expires", "How long the link works; an hour when nothing is said.", "1h");
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
}
