using System.Diagnostics;
using System.Globalization;

namespace Coffer.DurabilityTests.Harness;

/// <summary>A small real file system runs out of bytes or of inodes, and takes writes again when something is deleted.</summary>
public sealed class TinyVolumeTests
{
    [Theory]
    [InlineData(1 << 20, 400, 300_000, 3)] // three files of 300,000 bytes fit into 1 MiB
    [InlineData(64 << 20, 12, 10, 10)] // of twelve inodes the root and the folder take two
    public void Bytes_and_inodes_run_out_and_come_back(long sizeBytes, int inodes, int fileBytes, int expected)
    {
        using var folder = new ScratchFolder();
        string directory = folder.Path;
        ProcessStartInfo start = StandIn.Command(
            "fill", Path.Combine(directory, "data"), fileBytes.ToString(CultureInfo.InvariantCulture), "1000");
        using Process process = Process.Start(TinyVolume.Mount(start, directory, sizeBytes, inodes))!;

        string refusal = process.StandardOutput.ReadLine() ?? process.StandardError.ReadToEnd();
        Assert.StartsWith($"refused at {expected}: No space left on device", refusal, StringComparison.Ordinal);
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        string seen = Path.Combine(TinyVolume.Seen(process, directory), "data");
        Assert.Equal(fileBytes, new FileInfo(Path.Combine(seen, "again")).Length);
        Assert.Empty(Directory.GetFileSystemEntries(directory)); // outside, nothing was mounted

        process.StandardInput.Close();
        process.WaitForExit();
    }
}
