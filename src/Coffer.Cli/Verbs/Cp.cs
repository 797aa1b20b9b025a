using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Cli.Transfers;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer cp FROM… TO</c>: copies into buckets, out of them, and between them.</summary>
internal static class Cp
{
    public const string Name = "cp";

    private sealed record Request(string[] From, Place To, bool IsRecursive, Existing Existing, UploadWish Wish, int AtOnce);

    public static Command Command()
    {
        Argument<string[]> places = Inputs.Places();
        Option<bool> recursive = Inputs.Recursive("Copy what lies below a directory, or below a folder of a bucket.");
        var upsert = new Option<bool>("--upsert", "--force", "-f") { Description = "Replace what is there; without it, that is refused." };
        var noClobber = new Option<bool>("--no-clobber", "-n") { Description = "Leave what is there, without a word." };
        var type = new Option<string?>("--type")
        {
            Description = "The media type of what is stored; else by the ending of the name.", HelpName = "text/csv",
        };
        Option<TimeSpan?> cache = Durations.Option("--cache-control", "How long browsers and caches may keep it; an hour when nothing is said.", "1h");
        Option<string[]> metadata = Pairs.Metadata();
        Option<int?> transfers = Inputs.Transfers();
        var verb = new Verb(
            Name,
            "Copy files into buckets, out of them and between them.",
            "coffer cp report.pdf reports/2031/report.pdf",
            "coffer cp *.csv reports/tables/ --upsert",
            "coffer cp ./site web/site/ --recursive --cache-control 7d",
            "coffer cp reports/2031/report.pdf .",
            "coffer cp web/site/ backup/site/ --recursive",
            "pg_dump shop | coffer cp - backup/shop.sql")
        {
            places, recursive, upsert, noClobber, type, cache, metadata, transfers,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(upsert) && result.GetValue(noClobber))
            {
                result.AddError("--upsert and --no-clobber exclude each other; keep one of them");
            }
        });
        return verb.Runs(session =>
        {
            string[] given = session.Value(places);
            var wish = new UploadWish(session.Value(type), session.Value(cache), Pairs.Of(session.Value(metadata)));
            return RunAsync(session, new Request(
                given[..^1],
                Place.Of(given[^1]),
                session.Value(recursive),
                session.Value(upsert) ? Existing.Replace : session.Value(noClobber) ? Existing.Leave : Existing.Refuse,
                wish,
                session.Value(transfers) ?? StepRun.AtOnce));
        });
    }

    private static async Task RunAsync(Session session, Request request)
    {
        Refuse(request);
        StorageClient storage = session.Client.Storage;
        List<Transfer> steps = [];
        bool isMany = request.From.Length > 1;
        await session.ForEachAsync(request.From, async from => steps.AddRange(await StepsAsync(session, storage, request, from, isMany)));

        using ResultList<Step> results = session.Out.List(Shapes.Steps);
        (_, int left, _) = await StepRun.RunAsync(session, steps, request.AtOnce, results);
        results.Complete();
        if (left > 0)
        {
            session.Hint($"{left} {(left == 1 ? "was" : "were")} there already and left as {(left == 1 ? "it was" : "they were")}.");
        }
        else if (steps.Count == 0 && session.ExitCode == ExitCodes.Done)
        {
            session.Hint("There is nothing to copy.");
        }
    }

    private static async Task<IEnumerable<Transfer>> StepsAsync(
        Session session, StorageClient storage, Request request, string from, bool isMany)
    {
        try
        {
            return (Place.Of(from), request.To) switch
            {
                (LocalPlace local, BucketAddress to) => Up(session, storage, request, local, to, isMany),
                (BucketAddress address, BucketAddress to) => await BucketCopies.OfAsync(
                    storage, address, to, request.IsRecursive, (one, target) => Across(storage, request, one, target), session.Cancelled),
                (BucketAddress address, LocalPlace to) => await DownAsync(session, storage, request, address, to, isMany),
                _ => throw new UsageException("neither is a place in a bucket; write bucket/key, or bucket/ for a bucket itself"),
            };
        }
        catch (StorageException missing) when (missing.StatusCode == 404 && Path.Exists(from))
        {
            throw new RefusedException($"there is no '{from}' in a bucket; for the one on this machine write ./{from}");
        }
    }

    /// <summary>What cannot be meant, said before anything is done.</summary>
    private static void Refuse(Request request)
    {
        Place[] from = [.. request.From.Select(Place.Of)];
        if (from.Count(static place => place is LocalPlace { IsStdin: true }) is > 0 and var piped && (piped > 1 || request.To is BucketAddress { IsFolder: true }))
        {
            throw new UsageException("- stands for what is piped in, once; give it a whole key, such as bucket/dump.sql");
        }

        if (request.To is LocalPlace { IsStdin: true })
        {
            throw new UsageException("use `coffer cat` to write to stdout");
        }

        if (request.To is LocalPlace && request.Wish != new UploadWish())
        {
            throw new UsageException("--type, --cache-control and --meta are for what is stored; leave them out here");
        }

        if (from.Any(static place => place is BucketAddress) && request.To is BucketAddress && request.Wish != new UploadWish())
        {
            throw new UsageException("a copy between buckets keeps its type, cache control and metadata; leave those options out");
        }

        if (from.Length > 1 && request.To is BucketAddress { IsFolder: false })
        {
            throw new UsageException($"several files need a folder to go to; write {request.To}/");
        }
    }

    private static IEnumerable<Transfer> Up(Session session, StorageClient storage, Request request, LocalPlace from, BucketAddress to, bool isMany)
    {
        var uploads = new UploadSteps(storage, request.Wish, request.Existing);
        if (from.IsStdin)
        {
            return [uploads.OfStdin(to)];
        }

        if (Directory.Exists(from.Path))
        {
            if (!request.IsRecursive)
            {
                throw new RefusedException($"'{from.Path}' is a directory; add --recursive to copy what lies below it");
            }

            string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(from.Path)));
            BucketAddress below = isMany ? to.AsFolder().Below($"{name}/") : to.AsFolder();
            return LocalTree.FilesOf(from.Path, session.LeaveOut).Select(file => uploads.Of(file.Value, Path.Combine(from.Path, file.Key), below.Below(file.Key)));
        }

        return File.Exists(from.Path)
            ? [uploads.Of(new FileInfo(from.Path), from.Path, to.IsFolder ? to.Below(Path.GetFileName(from.Path)) : to)]
            : throw new RefusedException($"there is no file or directory '{from.Path}'; check the path");
    }

    private static Transfer Across(StorageClient storage, Request request, BucketFile from, BucketAddress to) =>
        new("copy", from.Address.ToString(), to.ToString(), from.Entry.Metadata?.SizeBytes)
        {
            RunAsync = async (_, cancellationToken) =>
            {
                var options = new StorageCopyOptions { DestinationBucket = to.Bucket, Upsert = request.Existing is Existing.Replace };
                try
                {
                    await storage.From(from.Address.Bucket).CopyAsync(from.Address.Key, to.Key, options, cancellationToken);
                    return true;
                }
                catch (StorageException taken) when (request.Existing is Existing.Leave && taken.StatusCode == 409)
                {
                    return false;
                }
            },
        };

    private static async Task<IEnumerable<Transfer>> DownAsync(
        Session session, StorageClient storage, Request request, BucketAddress from, LocalPlace to, bool isMany)
    {
        var downloads = new DownloadSteps(storage, request.Existing);
        if (request.IsRecursive)
        {
            BucketAddress folder = from.AsFolder();
            List<BucketFile> files = await BucketTree.FilesAsync(storage, folder, session.Cancelled);
            string name = FileNames.Safe(folder.Key.TrimEnd('/').Split('/')[^1], folder.Bucket);
            string below = isMany ? Path.Combine(to.Path, name) : to.Path;
            List<Transfer> steps = [];
            IEnumerable<BucketFile> wanted = files.Where(file => !DownloadSteps.IsFolderMark(file.Address.Key[folder.Key.Length..]));
            await session.ForEachAsync(wanted, static file => file.Address.ToString(), file =>
            {
                steps.Add(downloads.Of(
                    file.Address, file.Entry.Metadata?.SizeBytes,
                    DownloadSteps.PathBelow(below, file.Address.Key[folder.Key.Length..], file.Address)));
                return Task.CompletedTask;
            });
            return steps;
        }

        BucketAddress whole = from.WholeKey();
        BucketFile one = await BucketTree.FileAsync(storage, whole, session.Cancelled);
        return [downloads.Of(whole, one.Entry.Metadata?.SizeBytes, PathFor(to.Path, FileNames.Safe(whole.Name, one.Entry.Id!), isMany))];
    }

    private static string PathFor(string path, string name, bool isMany) =>
        Directory.Exists(path) ? Path.Combine(path, name)
        : Path.EndsInDirectorySeparator(path) || isMany ? throw new RefusedException($"there is no folder '{path}'; make it first")
        : path;
}
