using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer rm ID…</c>, or with the filters of <c>ls</c>: deletes objects for good.</summary>
internal static class Rm
{
    public static Command Command()
    {
        Argument<string[]> ids = Inputs.Ids(ArgumentArity.ZeroOrMore);
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be deleted, and delete nothing." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask before deleting what filters choose." };
        var verb = new Verb(
            "rm",
            "Delete objects for good, by id or by filter.",
            "coffer rm obj_… obj_…",
            "coffer rm --unused-for 90d --larger-than 1GB --dry-run",
            "coffer rm --name tmp- --yes")
        {
            ids, dryRun, yes,
        };
        var filter = new ObjectFilter(
            verb,
            publicMeans: "Those of your objects that are public.",
            limitMeans: "At most so many, newest first.",
            allMeans: "Every object of the account.");
        return verb.Runs(session => RunAsync(session, filter, session.Value(ids), session.Value(dryRun), session.Value(yes)));
    }

    private static async Task RunAsync(Session session, ObjectFilter filter, string[] ids, bool dryRun, bool yes)
    {
        bool byFilter = filter.IsGiven(session);
        if (byFilter == ids.Length > 0)
        {
            throw new UsageException(byFilter
                ? "ids and filters exclude each other; give the ids, or the filters"
                : "nothing to delete; give ids, or filters as for `coffer ls`");
        }

        if (filter.IsForDeleted(session))
        {
            throw new UsageException("--state deleted chooses what is deleted already; choose another state");
        }

        if (byFilter && !dryRun && !yes && Console.IsInputRedirected)
        {
            throw new UsageException("filters may choose a lot; look with --dry-run, then add --yes");
        }

        List<ObjectView> chosen = [];
        if (byFilter)
        {
            int? limit = filter.Limit(session, allByDefault: true);
            await foreach (ObjectView view in filter.FindAsync(session, everyonesPublic: false, limit, session.Cancelled))
            {
                chosen.Add(view);
            }
        }

        if (byFilter && !dryRun && !yes && chosen.Count > 0 && !await ConfirmsAsync(session, chosen))
        {
            throw new RefusedException("nothing was deleted; answer y, or add --yes");
        }

        if (byFilter && chosen.Count == 0)
        {
            using ResultList<ObjectView> none = session.Out.List(Shapes.Objects);
            none.Complete();
            session.Hint("Nothing matches.");
            return;
        }

        List<ObjectView> shown = [];
        using (ResultList<ObjectView> done = session.Out.List(Shapes.Objects))
        {
            if (byFilter && dryRun)
            {
                chosen.ForEach(Show);
            }
            else
            {
                await session.ForEachAsync(byFilter ? chosen.Select(static view => view.Id) : ids, async id => Show(dryRun
                    ? await session.Client.Objects.RetrieveAsync(id, cancellationToken: session.Cancelled)
                    : await session.Client.Objects.DeleteAsync(id, cancellationToken: session.Cancelled)));
            }

            done.Complete();

            void Show(ObjectView view)
            {
                done.Add(view);
                shown.Add(view);
            }
        }

        session.Hint(dryRun ? $"This was a dry run: nothing was deleted of {Total(shown)}." : $"Deleted {Count(shown)} for good.");
    }

    private static string Count(List<ObjectView> views) => $"{views.Count} object{(views.Count == 1 ? "" : "s")}";

    private static string Total(List<ObjectView> views) =>
        $"{Count(views)} ({Sizes.Show(views.Sum(static view => view.SizeBytes ?? 0))})";

    private static async Task<bool> ConfirmsAsync(Session session, List<ObjectView> chosen)
    {
        await Console.Error.WriteAsync($"Delete {Total(chosen)} for good? [y/N] ");
        string? answer = await Task.Run(Console.ReadLine, CancellationToken.None).WaitAsync(session.Cancelled);
        return answer?.Trim().ToUpperInvariant() is "Y" or "YES";
    }
}
