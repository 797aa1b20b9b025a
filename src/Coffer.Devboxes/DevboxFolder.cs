using Coffer.Devboxes.Roots;
using Coffer.LocalFiles;

namespace Coffer.Devboxes;

/// <summary>The folder of one devbox on the host.</summary>
/// <remarks>
/// <code>
/// dbx_…/
///   root/        what is / in the devbox; the devbox's user owns it and all in it
///   incoming/    files that are being sent
///   executions/  what commands wrote
///   boot         the run of the machine in which the devbox was made whole
///   settled      is there once that is on the disk
/// </code>
/// </remarks>
internal sealed record DevboxFolder(string Path, int? Owner)
{
    /// <summary>Name of the mark that says that the devbox, as it was made, outlasts the machine's power.</summary>
    public const string SettledMark = "settled";

    public const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101;
    public const UnixFileMode FileMode = (UnixFileMode)0b110_100_100;
    private const UnixFileMode OpenToAll = (UnixFileMode)0b1_111_111_111; // as /tmp is everywhere

    public string RootPath => System.IO.Path.Combine(Path, "root");

    public string Incoming => System.IO.Path.Combine(Path, "incoming");

    public bool IsSettled => File.Exists(System.IO.Path.Combine(Path, SettledMark));

    /// <summary>
    /// Whether everything is there that the devbox was made with. Within one run of the machine nothing is lost that was written; of an
    /// earlier one nobody knows which bytes arrived before they were synced.
    /// </summary>
    public bool IsWhole => Directory.Exists(RootPath) && (IsSettled || (File.Exists(BootPath) && File.ReadAllText(BootPath) == Boot.Id));

    private string BootPath => System.IO.Path.Combine(Path, "boot");

    /// <summary>Makes the folder with an empty root.</summary>
    public void Make()
    {
        OwnerOnly.MakeFolder(Path);
        OwnerOnly.MakeFolder(Incoming);
        using RootedDirectory folder = RootedDirectory.Open(Path);
        folder.MakeDirectories("root/home/user", FolderMode, Links.Refuse, Owner);
        folder.MakeDirectories("root/tmp", FolderMode, Links.Refuse, Owner);
        folder.SetMode("root/tmp", OpenToAll);
    }

    /// <summary>Notes that everything is there.</summary>
    public void NoteWhole() => File.WriteAllText(BootPath, Boot.Id);

    public RootedDirectory Open() => RootedDirectory.Open(RootPath);

    /// <summary>Removes files that were being sent when the server ended.</summary>
    public void ClearIncoming()
    {
        using RootedDirectory folder = RootedDirectory.Open(Path);
        folder.RemoveTree("incoming");
        OwnerOnly.MakeFolder(Incoming);
    }
}
