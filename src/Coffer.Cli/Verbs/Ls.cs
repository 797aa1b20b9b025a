using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer ls</c>: lists objects, newest first.</summary>
internal static class Ls
{
    public static Command Command()
    {
        var verb = new Verb(
            "ls",
            "List objects, newest first.",
            "coffer ls",
            "coffer ls --name report --larger-than 10MB",
            "coffer ls --unused-for 30d --all",
            "coffer ls --all --json | jq -r '.[].name'");
        var filter = new ObjectFilter(
            verb,
            publicMeans: "What any account has made public, instead of your own objects.",
            limitMeans: "At most so many; 20 when nothing is said.",
            allMeans: "Everything that matches, however much.");
        return verb.Runs(session => RunAsync(session, filter));
    }

    private static async Task RunAsync(Session session, ObjectFilter filter)
    {
        int? limit = filter.Limit(session, allByDefault: false);
        int shown = 0;
        bool hasMore = false;
        using (ResultList<ObjectView> list = session.Out.List(Shapes.Objects))
        {
            // One more than is shown tells whether there is more.
            int? asked = limit is null or int.MaxValue ? limit : limit + 1;
            await foreach (ObjectView view in filter.FindAsync(session, everyonesPublic: true, asked, session.Cancelled))
            {
                if (shown == limit)
                {
                    hasMore = true;
                    break;
                }

                list.Add(view);
                shown++;
            }

            list.Complete();
        }

        if (hasMore)
        {
            session.Hint($"There are more; `coffer ls --all` shows them all, --limit {limit * 5} some more.");
        }
        else if (shown == 0)
        {
            session.Hint(filter.IsGiven(session) ? "Nothing matches." : "Nothing stored yet; `coffer put FILE` stores a file.");
        }
    }
}
