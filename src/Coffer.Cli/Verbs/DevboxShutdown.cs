using System.CommandLine;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer devbox shutdown DEVBOX…</c>: ends devboxes, what runs in them, and their files.</summary>
internal static class DevboxShutdown
{
    public static Command Command()
    {
        var devboxes = new Argument<string[]>("devbox")
        {
            Description = "Ids of devboxes, as `coffer devbox ls` shows them.", Arity = ArgumentArity.OneOrMore,
        };
        var verb = new Verb(
            "shutdown", "End devboxes: what runs in them, and their files. Again is no error.", "coffer devbox shutdown dbx_…",
            "coffer devbox ls --quiet | xargs coffer devbox shutdown")
        {
            devboxes,
        };
        return verb.Runs(async session =>
        {
            using ResultList<DevboxView> list = session.Out.List(Shapes.Devboxes);
            await session.ForEachAsync(session.Value(devboxes), async id =>
                list.Add(await session.Client.Devboxes.ShutdownAsync(id, cancellationToken: session.Cancelled)));
        });
    }
}
