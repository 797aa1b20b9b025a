using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer archive ls ID</c>: the entries of the archive that an object holds.</summary>
internal static class ArchiveLs
{
    public static Command Command()
    {
        Argument<string> id = Inputs.Id();
        var verb = new Verb("ls", "List what an archive holds, by name.", "coffer archive ls obj_…", "coffer archive ls obj_… --json | jq -r '.[].name'")
        {
            id,
        };
        return verb.Runs(async session =>
        {
            bool isEmpty = true;
            using (ResultList<ArchiveEntry> list = session.Out.List(Shapes.Entries))
            {
                await foreach (ArchiveEntry entry in session.Client.Objects.ListAllEntriesAsync(
                    Place.IdIn(session.Value(id)), cancellationToken: session.Cancelled))
                {
                    list.Add(entry);
                    isEmpty = false;
                }

                list.Complete();
            }

            if (isEmpty)
            {
                session.Hint("The archive is empty.");
            }
        });
    }
}
