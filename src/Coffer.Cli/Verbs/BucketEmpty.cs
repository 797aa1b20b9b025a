using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer bucket empty NAME</c>: deletes every file of a bucket.</summary>
internal static class BucketEmpty
{
    public static Command Command()
    {
        Argument<string> name = BucketVerb.NameArgument();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask before deleting." };
        var verb = new Verb("empty", "Delete every file of a bucket for good.", "coffer bucket empty avatars --yes") { name, yes };
        return verb.Runs(async session =>
        {
            string id = session.Value(name);
            await Confirmation.AskAsync(
                session, session.Value(yes), $"Delete every file of '{Text.Printable(id)}' for good?",
                $"this deletes every file; look with `coffer ls {id}/ --recursive`, then add --yes");
            await session.Client.Storage.EmptyBucketAsync(id, cancellationToken: session.Cancelled);
            session.Out.One(id, [("Emptied", id)], json =>
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                json.WriteEndObject();
            });
        });
    }
}
