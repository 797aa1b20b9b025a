using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer bucket update NAME</c>: changes what a bucket allows; what is not said stays.</summary>
internal static class BucketUpdate
{
    public static Command Command()
    {
        Argument<string> name = BucketVerb.NameArgument();
        var isPublic = new Option<bool>("--public") { Description = "Let anyone who knows a file's address read it." };
        var isPrivate = new Option<bool>("--private") { Description = "End that." };
        Option<long?> limit = Sizes.Option("--size-limit", "The size that a file may have.");
        var noLimit = new Option<bool>("--no-size-limit") { Description = "Take the limit away." };
        Option<string[]> types = BucketVerb.TypesOption();
        var anyType = new Option<bool>("--any-type") { Description = "Take files of any type again." };
        var verb = new Verb(
            "update",
            "Change a bucket; what is stored in it stays.",
            "coffer bucket update avatars --private",
            "coffer bucket update avatars --no-size-limit --any-type")
        {
            name, isPublic, isPrivate, limit, noLimit, types, anyType,
        };
        Exclude(verb, isPublic, isPrivate);
        Exclude(verb, limit, noLimit);
        Exclude(verb, types, anyType);
        return verb.Runs(async session =>
        {
            var settings = new BucketSettings
            {
                IsPublic = session.Value(isPublic) ? true : session.Value(isPrivate) ? false : null,
                FileSizeLimit = session.Value(noLimit) ? SizeLimit.None
                    : session.Value(limit) is { } bytes ? new SizeLimit(bytes)
                    : default(SizeLimit?),
                AllowedMimeTypes = session.Value(anyType) ? [] : session.Value(types) is { Length: > 0 } allowed ? allowed : null,
            };
            if (settings == new BucketSettings())
            {
                throw new UsageException("nothing to change; see `coffer bucket update --help`");
            }

            string id = session.Value(name);
            await session.Client.Storage.UpdateBucketAsync(id, settings, cancellationToken: session.Cancelled);
            Bucket changed = await session.Client.Storage.GetBucketAsync(id, cancellationToken: session.Cancelled);
            session.Out.One(changed.Id, BucketLines.Of(changed), json => JsonShapes.Write(json, changed));
        });
    }

    private static void Exclude(Verb verb, Option one, Option other) => verb.Validators.Add(result =>
    {
        if (result.GetResult(one) is { Implicit: false } && result.GetResult(other) is { Implicit: false })
        {
            result.AddError($"{one.Name} and {other.Name} exclude each other; keep one of them");
        }
    });
}
