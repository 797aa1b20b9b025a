using System.Diagnostics;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>A small file system of its own, where there are the rights to mount one.</summary>
internal sealed class TemporaryVolume : IDisposable
{
    private readonly string _path;

    private TemporaryVolume(string path) => _path = path;

    /// <param name="inodes">How many files and folders it takes; as many as fit when not said.</param>
    public static TemporaryVolume? TryMount(int sizeMiB, int? inodes = null)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        {
            return null;
        }

        string path = Directory.CreateTempSubdirectory("coffer-volume-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={sizeMiB}m{(inodes is null ? "" : $",nr_inodes={inodes}")}", "coffer-test", path))
        {
            return new TemporaryVolume(path);
        }

        Directory.Delete(path);
        return null;
    }

    public string File(string name) => Path.Combine(_path, name);

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using FileStream filler = System.IO.File.Create(File("filler"), bufferSize: 1);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(block);
            }
        }
        catch (IOException)
        {
        }
    }

    public void Empty() => System.IO.File.Delete(File("filler"));

    public void Dispose()
    {
        Run("umount", "-l", _path);
        Directory.Delete(_path);
    }

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
