using System.CommandLine;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer devbox cat DEVBOX PATH</c>: writes the bytes of a file in a devbox to stdout, with <c>--json</c> too.</summary>
internal static class DevboxCat
{
    public static Command Command()
    {
        Argument<string> devbox = DevboxVerb.Id();
        var path = new Argument<string>("path") { Description = "The file; a relative path is below /home/user." };
        var verb = new Verb(
            "cat", "Write the bytes of a file in a devbox to stdout.", "coffer devbox cat dbx_… report.csv | head", "coffer devbox cat dbx_… /tmp/out.tgz > out.tgz")
        {
            devbox, path,
        };
        return verb.Runs(session => session.Client.Devboxes.FromId(session.Value(devbox)).File
            .DownloadToAsync(session.Value(path), session.Out.Bytes, cancellationToken: session.Cancelled));
    }
}
