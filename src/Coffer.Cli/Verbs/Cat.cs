using System.CommandLine;
using Coffer.Cli.Input;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer cat ID</c> or <c>BUCKET/KEY</c>: writes an object's bytes to stdout, with <c>--json</c> too.</summary>
internal static class Cat
{
    public static Command Command()
    {
        Argument<string> what = Inputs.IdOrAddress();
        var verb = new Verb(
            "cat", "Write an object's bytes to stdout.", "coffer cat obj_… | less", "coffer cat obj_… | tar xz -C site",
            "coffer cat reports/2031/table.csv | head")
        {
            what,
        };
        return verb.Runs(session => Place.AddressIn(session.Value(what))?.WholeKey() is { } address
            ? session.Client.Storage.From(address.Bucket)
                .DownloadToAsync(address.Key, session.Out.Bytes, cancellationToken: session.Cancelled)
            : session.Client.StorageObjects.FromId(session.Value(what))
                .DownloadToAsync(session.Out.Bytes, cancellationToken: session.Cancelled));
    }
}
