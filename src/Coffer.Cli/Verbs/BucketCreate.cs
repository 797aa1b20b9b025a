using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer bucket create NAME</c>: makes a bucket, private and without limits unless told otherwise.</summary>
internal static class BucketCreate
{
    public static Command Command()
    {
        Argument<string> name = BucketVerb.NameArgument();
        var title = new Option<string?>("--title")
        {
            Description = "What lists show it as and are searched by; the name when nothing is said. It stays.", HelpName = "text",
        };
        var isPublic = new Option<bool>("--public") { Description = "Let anyone who knows a file's address read it." };
        Option<long?> limit = Sizes.Option("--size-limit", "The size that a file may have.");
        Option<string[]> types = BucketVerb.TypesOption();
        var verb = new Verb(
            "create",
            "Make a bucket.",
            "coffer bucket create reports",
            "coffer bucket create reports-2031 --title 'Reports of 2031'",
            "coffer bucket create avatars --public --size-limit 2MB --allow-type 'image/*'")
        {
            name, title, isPublic, limit, types,
        };
        return verb.Runs(async session =>
        {
            string id = session.Value(name);
            await session.Client.Storage.CreateBucketAsync(
                id,
                session.Value(title),
                new BucketSettings
                {
                    IsPublic = session.Value(isPublic) ? true : null,
                    FileSizeLimit = session.Value(limit) is { } bytes ? new SizeLimit(bytes) : default(SizeLimit?),
                    AllowedMimeTypes = session.Value(types) is { Length: > 0 } allowed ? allowed : null,
                },
                cancellationToken: session.Cancelled);
            Bucket made = await session.Client.Storage.GetBucketAsync(id, cancellationToken: session.Cancelled);
            session.Out.One(made.Id, BucketLines.Of(made), json => JsonShapes.Write(json, made));
            session.Hint($"Now put something into it: coffer cp FILE {made.Id}/");
        });
    }
}
