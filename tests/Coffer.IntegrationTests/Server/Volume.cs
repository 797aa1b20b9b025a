using System.Globalization;

namespace Coffer.IntegrationTests.Server;

/// <summary>A small file system of its own, so that a test may fill it. Needs the right to mount one.</summary>
internal sealed class Volume : IAsyncDisposable
{
    private Volume(string path) => Path = path;

    public string Path { get; }

    /// <summary>Skips the running test where mounting is not allowed.</summary>
    public static async Task<Volume> MountAsync(long sizeBytes, int inodes = 4096)
    {
        string path = Directory.CreateTempSubdirectory("coffer-volume-").FullName;
        string options = string.Create(CultureInfo.InvariantCulture, $"size={sizeBytes},nr_inodes={inodes}");
        RunCommand.Ended mounted = await RunCommand.RunAsync("mount", ["-t", "tmpfs", "-o", options, "coffer-test", path]);
        if (mounted.ExitCode != 0)
        {
            Directory.Delete(path);
            Assert.Skip($"a volume cannot be mounted here: {mounted.Errors}");
        }

        return new Volume(path);
    }

    /// <summary>Takes all bytes but these.</summary>
    public void LeaveBytes(long count)
    {
        using var filler = new FileStream(System.IO.Path.Combine(Path, "filler"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var page = new byte[4096];
        for (long free = Free(); free >= count + page.Length; free -= page.Length)
        {
            filler.Write(page);
        }

        long Free() => new DriveInfo(Path).AvailableFreeSpace;
    }

    /// <summary>Takes all inodes.</summary>
    public void TakeInodes()
    {
        try
        {
            for (int i = 0; ; i++)
            {
                File.Create(System.IO.Path.Combine(Path, $"filler-{i}")).Dispose();
            }
        }
        catch (IOException)
        {
            // none is left
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunCommand.RunAsync("umount", ["-l", Path]);
        Directory.Delete(Path);
    }
}
