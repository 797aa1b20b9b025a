using System.CommandLine;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer bucket list</c>: the buckets of the account.</summary>
internal static class BucketList
{
    public static Command Command()
    {
        var name = new Option<string?>("--name") { Description = "Part of the name, in any letter case.", HelpName = "text" };
        var verb = new Verb("list", "List buckets.", "coffer bucket list", "coffer bucket list --name report") { name };
        return verb.Runs(async session =>
        {
            using ResultList<Bucket> list = session.Out.List(Shapes.Buckets);
            var request = new BucketListRequest { Search = session.Value(name) };
            foreach (Bucket bucket in await session.Client.Storage.ListBucketsAsync(request, cancellationToken: session.Cancelled))
            {
                list.Add(bucket);
            }

            list.Complete();
        });
    }
}
