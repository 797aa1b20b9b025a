using System.CommandLine;
using Coffer.Cli.Input;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer unpublish ID…</c>: makes objects private again, links that were made before included.</summary>
internal static class Unpublish
{
    public static Command Command()
    {
        Argument<string[]> ids = Inputs.Ids(ArgumentArity.OneOrMore);
        return new Verb("unpublish", "Make objects private again; links that were made before end too.", "coffer unpublish obj_…") { ids }
            .Runs(session => Publish.SetPublicAsync(session, [.. session.Value(ids).Select(Place.IdIn)], isPublic: false));
    }
}
