using System.CommandLine;
using System.Globalization;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer stat ID</c>: everything the server says about one object.</summary>
internal static class Stat
{
    public static Command Command()
    {
        Argument<string> id = Inputs.Id();
        var verb = new Verb("stat", "Show everything about one object.", "coffer stat obj_…", "coffer stat obj_… --json | jq .size_bytes")
        {
            id,
        };
        return verb.Runs(async session =>
        {
            ObjectView view = await session.Client.Objects.RetrieveAsync(Place.IdIn(session.Value(id)), cancellationToken: session.Cancelled);
            session.Out.One(bare: null, FieldsOf(view), json => JsonShapes.Write(json, view));
        });
    }

    private static IEnumerable<(string, string?)> FieldsOf(ObjectView view)
    {
        yield return ("Id", view.Id);
        yield return ("Name", view.Name);
        yield return ("State", view.State.Value);
        yield return ("Class", view.ContentType.Value);
        yield return ("Media type", view.MimeType);
        yield return ("Size", view.SizeBytes is { } bytes
            ? $"{Sizes.Show(bytes)} ({bytes.ToString("#,0", CultureInfo.InvariantCulture)} bytes)"
            : null);
        yield return ("Created", Shapes.Moment(view.CreatedAt));
        yield return ("Last read", Shapes.Moment(view.LastAccessedAt));
        yield return ("Expires", Shapes.Moment(view.DeleteAfter));
        yield return ("Access", view.IsPublic == true ? "public" : "private");
        if (view.PublicUrl is not null)
        {
            yield return ("Public URL", view.PublicUrl);
        }

        foreach ((string key, string value) in view.Metadata ?? new Dictionary<string, string>())
        {
            yield return ("Metadata", $"{key}={value}");
        }
    }
}
