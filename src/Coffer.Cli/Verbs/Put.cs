using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer put FILE…</c>: stores files, directories and what is piped in.</summary>
internal static class Put
{
    public const string Name = "put";
    private const string Stdin = "-";

    private sealed record Request(string? Name, string? Type, bool? IsPublic, TimeSpan? TimeToLive, Dictionary<string, string>? Metadata);

    public static Command Command()
    {
        var paths = new Argument<string[]>("file")
        {
            Description = "Files; directories, which are packed as tgz; or - for what is piped in. A name that begins with - goes behind --.",
            Arity = ArgumentArity.OneOrMore,
        };
        var isPublic = new Option<bool>("--public") { Description = "Let anyone read it." };
        Option<TimeSpan?> ttl = Durations.Option(
            "--ttl", "Delete it after this time, at most 3650d.", "30d",
            static (ttl, text) => ttl > TimeSpan.FromDays(3650) ? $"--ttl {text} is too long; at most 3650d" : null);
        var type = new Option<string?>("--type")
        {
            Description = "The class (text, binary, gzip, tar, tgz, unspecified) or media type; else by the ending of the name.",
            HelpName = "text/csv",
        };
        var name = new Option<string?>("--name") { Description = "The object's name; else the file's.", HelpName = "name" };
        Option<string[]> metadata = Pairs.Metadata();

        var verb = new Verb(
            Name,
            "Store files, directories or what is piped in.",
            "coffer put report.pdf",
            "coffer put *.csv --ttl 30d --meta project=apollo",
            "coffer put site/ --public --name site.tar.gz",
            "pg_dump shop | coffer put - --name shop.sql")
        {
            paths, isPublic, ttl, type, name, metadata,
        };
        return verb.Runs(session =>
        {
            string[] given = session.Value(paths);
            if (given.Length > 1 && session.Value(name) is not null)
            {
                throw new UsageException("--name names one object, but there are several files; put them one by one");
            }

            if (given.Count(static path => path == Stdin) > 1)
            {
                throw new UsageException("- stands for what is piped in, and can only be read once; keep one of them");
            }

            if (session.Value(type) is not (null or "tgz") && given.FirstOrDefault(Directory.Exists) is { } directory)
            {
                throw new UsageException($"'{directory}' is a directory and is stored as tgz; leave out --type");
            }

            return RunAsync(session, given, new Request(
                session.Value(name),
                session.Value(type),
                session.Value(isPublic) ? true : null,
                session.Value(ttl),
                Pairs.Of(session.Value(metadata))));
        });
    }

    private static async Task RunAsync(Session session, string[] paths, Request request)
    {
        using ResultList<ObjectView> stored = session.Out.List(Shapes.Objects);
        int small = paths.Count(static path => File.Exists(path) && new FileInfo(path).Length < TransferBars.WorthwhileBytes);
        await TransferBars.RunAsync(
            session.Out.CanDraw && TransferBars.AreWorthwhile(paths.Length, small),
            small,
            "small files",
            bars => session.ForEachAsync(paths, async path => stored.Add(await StoreAsync(session, bars, path, request))));
        stored.Complete();
    }

    private static async Task<ObjectView> StoreAsync(Session session, TransferBars bars, string path, Request request)
    {
        StorageObjectsClient objects = session.Client.StorageObjects;
        StorageObject? stored = null;
        if (path == Stdin)
        {
            await using Stream input = StandardInput.Open();
            string name = request.Name ?? "stdin";
            await bars.TransferAsync(name, input.CanSeek ? input.Length : null, async progress =>
                stored = await objects.UploadFromStreamAsync(
                    input, name, TypeOf(name, request), OptionsFor(request, progress), session.Cancelled));
        }
        else if (Directory.Exists(path))
        {
            await bars.TransferAsync(path, null, async progress =>
                stored = await objects.UploadFromDirectoryAsync(
                    path, request.Name, OptionsFor(request, progress), session.Cancelled));
        }
        else
        {
            if (!File.Exists(path))
            {
                throw new RefusedException(Place.AddressIn(path) is null
                    ? $"there is no file or directory '{path}'; check the path"
                    : $"there is no file or directory '{path}'; check the path, or use `coffer cp` for a place in a bucket");
            }

            await bars.TransferAsync(Path.GetFileName(path), new FileInfo(path).Length, async progress =>
                stored = await objects.UploadFromFileAsync(
                    path, request.Name, TypeOf(request.Name ?? path, request), OptionsFor(request, progress), session.Cancelled));
        }

        return await stored!.RefreshAsync(cancellationToken: session.Cancelled);
    }

    // The media type says more than the class, and the server derives the class from it.
    private static ObjectContentType TypeOf(string name, Request request) =>
        request.Type is { Length: > 0 } type ? new ObjectContentType(type) : ObjectContentType.MimeFromPath(name);

    /// <remarks>Whatever is uploaded takes these; what only a directory's have is left as it is.</remarks>
    private static DirectoryUploadOptions OptionsFor(Request request, IProgress<TransferProgress>? progress) => new()
    {
        Metadata = request.Metadata, TimeToLive = request.TimeToLive, IsPublic = request.IsPublic, Progress = progress,
        DeleteOnFailure = true,
    };
}
