using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Cli.Transfers;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer rm ID…</c>, <c>BUCKET/KEY…</c>, or with the filters of <c>ls</c>: deletes objects for good.</summary>
internal static class Rm
{
    private const string Advice = "filters may choose a lot; look with --dry-run, then add --yes";

    public static Command Command()
    {
        Argument<string[]> ids = Inputs.IdsOrAddresses(ArgumentArity.ZeroOrMore);
        Option<bool> recursive = Inputs.Recursive("Delete all that lies below a folder of a bucket.");
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be deleted, and delete nothing." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask before deleting what filters or --recursive choose." };
        var verb = new Verb(
            "rm",
            "Delete objects for good, by id, by address or by filter.",
            "coffer rm obj_… obj_…",
            "coffer rm --unused-for 90d --larger-than 1GB --dry-run",
            "coffer rm --name tmp- --yes",
            "coffer rm reports/draft.pdf",
            "coffer rm reports/2030/ --recursive --dry-run")
        {
            ids, recursive, dryRun, yes,
        };
        var filter = new ObjectFilter(
            verb,
            publicMeans: "Those of your objects that are public.",
            limitMeans: "At most so many, newest first.",
            allMeans: "Every object of the account.");
        return verb.Runs(session =>
        {
            BucketAddress?[] addresses = [.. session.Value(ids).Select(Place.AddressIn)];
            if (!Array.Exists(addresses, static address => address is not null))
            {
                return session.Value(recursive)
                    ? throw new UsageException("--recursive is for a folder of a bucket; write bucket/folder/")
                    : RunAsync(session, filter, session.Value(ids), session.Value(dryRun), session.Value(yes));
            }

            if (!session.Value(recursive) && Array.Find(addresses, static address => address?.IsFolder is true) is { } folder)
            {
                throw new UsageException($"'{Text.Printable(folder.ToString())}' is a folder; add --recursive to delete all that lies below it");
            }

            return Array.TrueForAll(addresses, static address => address is not null) && !filter.IsGiven(session)
                ? BucketRemoval.RunAsync(session, addresses!, session.Value(recursive), session.Value(dryRun), session.Value(yes))
                : throw new UsageException("ids, addresses and filters exclude each other; give one kind of them");
        });
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

        if (byFilter && !dryRun)
        {
            Confirmation.ThrowIfNobodyAnswers(yes, Advice);
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

        if (byFilter && !dryRun && chosen.Count > 0)
        {
            await Confirmation.AskAsync(session, yes, $"Delete {Total(chosen)} for good?", Advice);
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
}
