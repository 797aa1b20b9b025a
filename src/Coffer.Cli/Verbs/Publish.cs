using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer publish ID…</c>: lets anyone read objects.</summary>
internal static class Publish
{
    public static Command Command()
    {
        Argument<string[]> ids = Inputs.Ids(ArgumentArity.OneOrMore);
        return new Verb("publish", "Let anyone read objects, without a key.", "coffer publish obj_…") { ids }
            .Runs(session => SetPublicAsync(session, [.. session.Value(ids).Select(Place.IdIn)], isPublic: true));
    }

    public static async Task SetPublicAsync(Session session, string[] ids, bool isPublic)
    {
        using ResultList<ObjectView> changed = session.Out.List(Shapes.Published);
        await session.ForEachAsync(ids, async id => changed.Add(await session.Client.Objects.UpdateAsync(
            id, new ObjectUpdateRequest { IsPublic = isPublic }, cancellationToken: session.Cancelled)));
        changed.Complete();
    }
}
