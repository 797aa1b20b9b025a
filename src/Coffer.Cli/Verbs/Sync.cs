using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Cli.Transfers;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer sync FROM TO</c>: makes a folder of a bucket like a directory, or the other way round.</summary>
internal static class Sync
{
    private const string Advice = "--delete may delete a lot; look with --dry-run, then add --yes";

    public static Command Command()
    {
        var from = new Argument<string>("from") { Description = "A directory here, as ./site; or bucket/ or bucket/folder/." };
        var to = new Argument<string>("to") { Description = "The other one of the two." };
        var delete = new Option<bool>("--delete") { Description = "Delete at the target what the source does not have." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Show what would be done, and do nothing." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask before deleting." };
        Option<int?> transfers = Inputs.Transfers();
        var verb = new Verb(
            "sync",
            "Make a folder of a bucket like a directory here, or the other way round; only what differs is transferred.",
            "coffer sync ./site web/site/",
            "coffer sync web/site/ ./site --delete --dry-run",
            "coffer sync ./site web/site/ --delete --yes")
        {
            from, to, delete, dryRun, yes, transfers,
        };
        return verb.Runs(session =>
        {
            SyncPlan plan = (Place.Of(session.Value(from)), Place.Of(session.Value(to))) switch
            {
                (LocalPlace { IsStdin: false } local, BucketAddress bucket) => new SyncUp(session, local.Path, bucket.AsFolder()),
                (BucketAddress bucket, LocalPlace { IsStdin: false } local) => new SyncDown(session, local.Path, bucket.AsFolder()),
                _ => throw new UsageException(
                    "one of the two is a place in a bucket, bucket/ or bucket/folder/, and the other a directory here, such as ./site"),
            };
            return RunAsync(session, plan, session.Value(transfers) ?? StepRun.AtOnce, session.Value(delete), session.Value(dryRun), session.Value(yes));
        });
    }

    private static async Task RunAsync(Session session, SyncPlan plan, int atOnce, bool deletes, bool dryRun, bool yes)
    {
        if (deletes && !dryRun)
        {
            Confirmation.ThrowIfNobodyAnswers(yes, Advice);
        }

        (List<Transfer> transfers, List<Step> deletions, int same) = await plan.CompareAsync();
        deletions = deletes ? deletions : [];
        if (deletions.Count > 0 && !dryRun && !yes)
        {
            Preview(deletions);
            await Confirmation.AskAsync(session, yes, $"Delete {Count(deletions)} for good?", Advice);
        }

        using ResultList<Step> results = session.Out.List(Shapes.Steps);
        if (dryRun)
        {
            transfers.Concat<Step>(deletions).ToList().ForEach(results.Add);
            results.Complete();
            session.Hint($"This was a dry run: {transfers.Count} to transfer, {deletions.Count} to delete, {same} the same.");
            return;
        }

        (int transferred, _, _) = await StepRun.RunAsync(session, transfers, atOnce, results);
        int deleted = 0;
        if (session.ExitCode == ExitCodes.Done)
        {
            deleted = await plan.DeleteAsync(deletions, results.Add);
        }
        else if (deletions.Count > 0)
        {
            session.Fail(new RefusedException("nothing was deleted, because not everything else was done; run it again"));
        }

        results.Complete();
        session.Hint($"{transferred} transferred, {deleted} deleted, {same} the same.");
    }

    private static void Preview(List<Step> deletions)
    {
        const int most = 20;
        foreach (Step step in deletions.Take(most))
        {
            Console.Error.WriteLine($"  delete {Text.Printable(step.To)}");
        }

        if (deletions.Count > most)
        {
            Console.Error.WriteLine($"  and {deletions.Count - most} more; --dry-run shows them all");
        }
    }

    private static string Count(List<Step> steps) =>
        $"{steps.Count} file{(steps.Count == 1 ? "" : "s")} ({Sizes.Show(steps.Sum(static step => step.SizeBytes ?? 0))})";
}
