using System.CommandLine;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer bucket delete NAME…</c>: deletes buckets, which must be empty.</summary>
internal static class BucketDelete
{
    public static Command Command()
    {
        var names = new Argument<string[]>("name") { Description = "Buckets' names.", Arity = ArgumentArity.OneOrMore };
        var verb = new Verb("delete", "Delete buckets, which must be empty.", "coffer bucket delete avatars") { names };
        return verb.Runs(async session =>
        {
            StorageClient storage = session.Client.Storage;
            using ResultList<Bucket> deleted = session.Out.List(Shapes.Buckets);
            await session.ForEachAsync(session.Value(names), async name =>
            {
                Bucket bucket = await storage.GetBucketAsync(name, cancellationToken: session.Cancelled);
                await storage.DeleteBucketAsync(name, cancellationToken: session.Cancelled);
                deleted.Add(bucket);
            });
            deleted.Complete();
        });
    }
}
