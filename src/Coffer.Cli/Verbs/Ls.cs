using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Cli.Transfers;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer ls</c>: lists objects, newest first; with <c>BUCKET/PREFIX</c> the files and folders of a bucket.</summary>
internal static class Ls
{
    public static Command Command()
    {
        var address = new Argument<string?>("address")
        {
            Description = "A place in a bucket, bucket/ or bucket/folder/; without it, objects by id.", Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> recursive = Inputs.Recursive("Every file below the place, instead of its files and folders.");
        var verb = new Verb(
            "ls",
            "List objects, newest first; or what a bucket holds, by name.",
            "coffer ls",
            "coffer ls --name report --larger-than 10MB",
            "coffer ls --unused-for 30d --all",
            "coffer ls --all --json | jq -r '.[].name'",
            "coffer ls reports/",
            "coffer ls reports/2031/ --recursive")
        {
            address, recursive,
        };
        var filter = new ObjectFilter(
            verb,
            publicMeans: "What any account has made public, instead of your own objects.",
            limitMeans: "At most so many; 20 when nothing is said.",
            allMeans: "Everything that matches, however much.");
        return verb.Runs(session =>
        {
            if (session.Value(address) is not { } word)
            {
                return session.Value(recursive)
                    ? throw new UsageException("--recursive is for a place in a bucket; write bucket/ or bucket/folder/")
                    : RunAsync(session, filter);
            }

            BucketAddress place = Place.AddressIn(word) ?? throw new UsageException(
                $"'{Text.Printable(word)}' is no place in a bucket; write '{Text.Printable(word)}/' for all of a bucket, or `coffer stat` for an id");
            return filter.Narrows(session)
                ? throw new UsageException("filters are for objects by id; a place in a bucket takes --recursive, --limit and --all only")
                : ListAsync(session, place, session.Value(recursive), filter.Limit(session, allByDefault: true));
        });
    }

    private static async Task ListAsync(Session session, BucketAddress place, bool recursive, int? limit)
    {
        int shown = 0;
        using (ResultList<BucketFile> list = session.Out.List(Shapes.Files))
        {
            await foreach (BucketFile file in BucketTree.WalkAsync(session.Client.Storage, place, recursive, session.Cancelled))
            {
                if (shown == limit)
                {
                    break;
                }

                list.Add(file);
                shown++;
            }

            if (shown == 0)
            {
                // An empty listing looks the same, whether the bucket is there or not.
                await session.Client.Storage.GetBucketAsync(place.Bucket, cancellationToken: session.Cancelled);
            }

            list.Complete();
        }

        if (shown == 0)
        {
            session.Hint($"There is nothing at {place}.");
        }
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
