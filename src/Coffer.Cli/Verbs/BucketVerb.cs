using System.CommandLine;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer bucket …</c>: the buckets that hold files by key.</summary>
internal static class BucketVerb
{
    public static Command Command() => new("bucket", "Make, list, change, empty and delete buckets.")
    {
        BucketCreate.Command(), BucketList.Command(), BucketUpdate.Command(), BucketEmpty.Command(), BucketDelete.Command(),
    };

    public static Argument<string> NameArgument() => new("name") { Description = "The bucket's name." };

    public static Option<string[]> TypesOption() => new("--allow-type")
    {
        Description = "A media type that its files may have; may be repeated.", HelpName = "image/*",
    };
}
