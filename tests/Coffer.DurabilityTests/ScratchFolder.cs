namespace Coffer.DurabilityTests;

/// <summary>A folder for one test, in memory where there is room: hundreds of cuts need no real disk to wait for.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private const string Memory = "/dev/shm";
    private const long RoomBytes = 2L << 30;

    private static readonly Lazy<string> Parent = new(() =>
        Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace > RoomBytes ? Memory : System.IO.Path.GetTempPath());

    public ScratchFolder()
    {
        Path = System.IO.Path.Combine(Parent.Value, $"coffer-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
