using System.CommandLine;
using Coffer.Cli.Input;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer cat ID</c>: writes an object's bytes to stdout, with <c>--json</c> too.</summary>
internal static class Cat
{
    public static Command Command()
    {
        Argument<string> id = Inputs.Id();
        var verb = new Verb(
            "cat", "Write an object's bytes to stdout.", "coffer cat obj_… | less", "coffer cat obj_… | tar xz -C site") { id };
        return verb.Runs(session => session.Client.StorageObjects.FromId(session.Value(id))
            .DownloadToAsync(session.Out.Bytes, cancellationToken: session.Cancelled));
    }
}
