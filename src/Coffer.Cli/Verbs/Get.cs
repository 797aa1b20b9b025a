using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Cli.Transfers;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer get ID</c>: fetches an object into a file, which is there whole or not at all.</summary>
internal static class Get
{
    public static Command Command()
    {
        Argument<string> id = Inputs.Id();
        Option<string?> output = LocalTarget.Output("The file, or an existing folder; else the object's name, made safe, in the current folder.");
        Option<bool> force = LocalTarget.Force();

        var verb = new Verb(
            "get",
            "Fetch an object into a file.",
            "coffer get obj_…",
            "coffer get obj_… -o report.pdf --force",
            "coffer get obj_… -o downloads/")
        {
            id, output, force,
        };
        return verb.Runs(session => RunAsync(session, Place.IdIn(session.Value(id)), session.Value(output), session.Value(force)));
    }

    private static async Task RunAsync(Session session, string id, string? output, bool force)
    {
        LocalTarget.ThrowIfEmpty(output);
        StorageObject stored = session.Client.StorageObjects.FromId(id);
        ObjectView view = await stored.RefreshAsync(cancellationToken: session.Cancelled);
        string path = LocalTarget.PathFor(output, FileNames.Safe(view.Name, view.Id));
        LocalTarget.ThrowIfDevice(path, view.Id);
        await LocalTarget.FillAsync(path, force, "add --force to replace it, or choose another place with -o", temporary => TransferBars.RunAsync(
            session.Out.CanDraw && view.SizeBytes >= TransferBars.WorthwhileBytes,
            small: 0,
            label: "",
            bars => bars.TransferAsync(Path.GetFileName(path), view.SizeBytes, progress =>
                stored.DownloadToFileAsync(temporary, new DownloadOptions { Progress = progress }, session.Cancelled))));

        session.Out.One(
            path,
            [("Saved", path), ("Size", Sizes.Show(new FileInfo(path).Length))],
            json =>
            {
                json.WriteStartObject();
                JsonShapes.WriteFields(json, view);
                json.WriteString("path", path);
                json.WriteEndObject();
            });
    }
}
