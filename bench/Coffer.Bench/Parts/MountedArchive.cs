using System.Diagnostics;
using System.Globalization;
using Coffer.Bench.Load;

namespace Coffer.Bench.Parts;

/// <summary>The archive that is mounted: made once by GNU tar and gzip, and kept.</summary>
internal sealed record MountedArchive(string Path, int Files)
{
    public long Bytes => new FileInfo(Path).Length;

    public static MountedArchive Prepare(Setup setup)
    {
        string folder = setup.Folder("archive");
        var archive = new MountedArchive(System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"files-{setup.ArchivedFiles}.tgz")), setup.ArchivedFiles);
        if (!File.Exists(archive.Path))
        {
            string tree = setup.FreshFolder("archive", "tree"), staged = archive.Path + ".new";
            MixedTree.Write(tree, archive.Files);
            Tar("-czf", staged, "-C", tree, ".");
            Directory.Delete(tree, recursive: true);
            File.Move(staged, archive.Path);
        }

        return archive;
    }

    /// <exception cref="InvalidRunException">tar did not end with 0.</exception>
    public static void Tar(params string[] arguments)
    {
        using Process tar = Process.Start("tar", arguments);
        tar.WaitForExit();
        if (tar.ExitCode != 0)
        {
            throw new InvalidRunException($"tar {arguments[0]} ended with {tar.ExitCode}");
        }
    }
}
