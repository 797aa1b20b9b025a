using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Cli.Transfers;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer mv FROM… TO</c>: renames files of buckets, without moving their bytes.</summary>
internal static class Mv
{
    public static Command Command()
    {
        Argument<string[]> places = Inputs.Places();
        Option<bool> recursive = Inputs.Recursive("Move all that lies below a folder.");
        var verb = new Verb(
            "mv",
            "Rename files of buckets, or move them to another bucket.",
            "coffer mv reports/draft.pdf reports/2031/final.pdf",
            "coffer mv inbox/today/ archive/2031-05-04/ --recursive")
        {
            places, recursive,
        };
        return verb.Runs(async session =>
        {
            BucketAddress[] given = [.. session.Value(places).Select(static word => Place.AddressIn(word) ?? throw new UsageException(
                $"'{Text.Printable(word)}' is no place in a bucket; `mv` moves within and between buckets, `coffer cp` to and from this machine"))];
            BucketAddress to = given[^1];
            if (given.Length > 2 && !to.IsFolder)
            {
                throw new UsageException($"several files need a folder to go to; write {to}/");
            }

            StorageClient storage = session.Client.Storage;
            List<Transfer> steps = [];
            foreach (BucketAddress from in given[..^1])
            {
                steps.AddRange(await BucketCopies.OfAsync(
                    storage, from, to, session.Value(recursive), (file, target) => Move(storage, file, target), session.Cancelled));
            }

            using ResultList<Step> results = session.Out.List(Shapes.Steps);
            await StepRun.RunAsync(session, steps, StepRun.AtOnce, results);
            results.Complete();
        });
    }

    private static Transfer Move(StorageClient storage, BucketFile from, BucketAddress to) =>
        new("move", from.Address.ToString(), to.ToString(), from.Entry.Metadata?.SizeBytes)
        {
            RunAsync = async (_, cancellationToken) =>
            {
                await storage.From(from.Address.Bucket).MoveAsync(
                    from.Address.Key, to.Key, to.Bucket == from.Address.Bucket ? null : to.Bucket, cancellationToken: cancellationToken);
                return true;
            },
        };
}
