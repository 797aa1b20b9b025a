using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Cli.Transfers;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer archive get ID NAME</c>: takes one file out of an archive; it is there whole or not at all.</summary>
internal static class ArchiveGet
{
    public static Command Command()
    {
        Argument<string> id = Inputs.Id();
        var name = new Argument<string>("name") { Description = "The file's name, as `coffer archive ls` shows it." };
        Option<string?> output = LocalTarget.Output("The file, or an existing folder; else the entry's own name, made safe, in the current folder.");
        Option<bool> force = LocalTarget.Force();
        var verb = new Verb(
            "get", "Take one file out of an archive.", "coffer archive get obj_… src/main.c", "coffer archive get obj_… src/main.c -o copy.c --force")
        {
            id, name, output, force,
        };
        return verb.Runs(session => RunAsync(
            session, Place.IdIn(session.Value(id)), session.Value(name), session.Value(output), session.Value(force)));
    }

    private static async Task RunAsync(Session session, string id, string name, string? output, bool force)
    {
        LocalTarget.ThrowIfEmpty(output);
        if (name.StartsWith("./", StringComparison.Ordinal))
        {
            name = name[2..]; // as tar prints it
        }

        string path = LocalTarget.PathFor(output, FileNames.Safe(name[(name.LastIndexOf('/') + 1)..], id));
        LocalTarget.ThrowIfDevice(path, id);
        await LocalTarget.FillAsync(path, force, "add --force to replace it, or choose another place with -o", async temporary =>
        {
            var heard = new Heard();
            var options = new DownloadOptions { Progress = heard };
            await using Stream content = await session.Client.Objects.OpenEntryAsync(id, name, options, session.Cancelled);
            await using FileStream file = File.Create(temporary);
            await TransferBars.RunAsync(
                session.Out.CanDraw && heard.TotalBytes >= TransferBars.WorthwhileBytes,
                small: 0,
                label: "",
                bars => bars.TransferAsync(Path.GetFileName(path), heard.TotalBytes, progress =>
                {
                    heard.Next = progress;
                    return content.CopyToAsync(file, session.Cancelled);
                }));
        });
        session.Out.One(
            path,
            [("Saved", path), ("Size", Sizes.Show(new FileInfo(path).Length))],
            json =>
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                json.WriteString("name", name);
                json.WriteString("path", path);
                json.WriteNumber("size_bytes", new FileInfo(path).Length);
                json.WriteEndObject();
            });
    }

    /// <summary>Hears the size when the transfer begins; only then it is known whether it is worth a bar.</summary>
    private sealed class Heard : IProgress<TransferProgress>
    {
        public long? TotalBytes { get; private set; }

        public IProgress<TransferProgress>? Next { get; set; }

        public void Report(TransferProgress value)
        {
            TotalBytes = value.TotalBytes;
            Next?.Report(value);
        }
    }
}
