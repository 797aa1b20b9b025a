namespace Coffer.DevboxTests.Roots;

/// <summary>A small file system of some kind, in a file.</summary>
internal sealed class LoopVolume : IDisposable
{
    private const long SizeBytes = 512L << 20;
    private readonly string _image;

    private LoopVolume(string image)
    {
        _image = image;
        Path = $"{image}.mounted";
    }

    public string Path { get; }

    public long FreeBytes => new DriveInfo(Path).AvailableFreeSpace;

    /// <summary>Skips the running test where there is no such file system.</summary>
    public static LoopVolume Make(string kind, string[] make)
    {
        var volume = new LoopVolume($"/var/tmp/coffer-{Guid.NewGuid():N}.{kind}");
        using (FileStream image = File.Create(volume._image)) image.SetLength(SizeBytes);
        Directory.CreateDirectory(volume.Path);
        int made = Tool.Run(make[0], [.. make[1..], volume._image]);
        int mounted = made == 0 ? Tool.Run("mount", "-o", "loop", volume._image, volume.Path) : -1;
        if (mounted != 0) volume.Remove();
        Assert.SkipUnless(mounted == 0, $"no {kind} here: {make[0]} ended with {made}, mount with {mounted}");
        return volume;
    }

    public void Dispose()
    {
        Assert.Equal(0, Tool.Run("umount", Path));
        Remove();
    }

    private void Remove()
    {
        Directory.Delete(Path);
        File.Delete(_image);
    }
}
