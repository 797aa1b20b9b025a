using Coffer.LocalFiles;

namespace Coffer.Devboxes;

/// <summary>The folder of one devbox on the host.</summary>
/// <remarks>
/// <code>
/// dbx_…/
///   root/        what is / in the devbox; the devbox's user owns it and all in it
///   incoming/    files that are being sent
///   executions/  what commands wrote
/// </code>
/// </remarks>
internal sealed record DevboxFolder(string Path, int? Owner)
{
    public const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101;
    public const UnixFileMode FileMode = (UnixFileMode)0b110_100_100;
    private const UnixFileMode OpenToAll = (UnixFileMode)0b1_111_111_111; // as /tmp is everywhere

    public string RootPath => System.IO.Path.Combine(Path, "root");

    public string Incoming => System.IO.Path.Combine(Path, "incoming");

    public bool IsThere => Directory.Exists(RootPath);

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

    public RootedDirectory Open() => RootedDirectory.Open(RootPath);

    /// <summary>Removes files that were being sent when the server ended.</summary>
    public void ClearIncoming()
    {
        using RootedDirectory folder = RootedDirectory.Open(Path);
        folder.RemoveTree("incoming");
        OwnerOnly.MakeFolder(Incoming);
    }
}
