using System.Runtime.InteropServices;

namespace Coffer.LocalFiles;

/// <summary>Watches the room on the volume of a directory and keeps a reserve, so that deletes and commits always have some.</summary>
public sealed partial class VolumeSpace
{
    private const long LargestDefaultReserve = 256L << 20;
    private const long InodeReserve = 16;
    private readonly string _directory;
    private readonly TimeProvider _time;
    private long _checkedAt;
    private Free _last;

    /// <param name="minFreeBytes">The reserve; null for the smaller of 256 MiB and 5 % of the volume.</param>
    public VolumeSpace(string directory, long? minFreeBytes, TimeProvider time)
    {
        _directory = directory;
        _time = time;
        _last = Read();
        _checkedAt = time.GetTimestamp();
        ReserveBytes = minFreeBytes ?? Math.Min(LargestDefaultReserve, _last.TotalBytes / 20);
    }

    public long ReserveBytes { get; }

    public long FreeBytes => Read().Bytes;

    /// <summary>Null where the file system counts none.</summary>
    public long? FreeInodes => Read().Inodes;

    public long TotalBytes => _last.TotalBytes;

    /// <summary>Refuses when writing this much would leave less than the reserve.</summary>
    /// <param name="about">Bytes about to be written.</param>
    /// <param name="newFile">Whether they go into a file of their own, which takes an inode.</param>
    /// <exception cref="StoreException">OutOfSpace, with the figures.</exception>
    public void Check(long about, bool newFile = true)
    {
        if (IsShort(Recent(about)) && Read() is var free && IsShort(free)) // a refusal rests on a fresh look
        {
            throw Refusal(free, about);
        }

        bool IsShort(Free found) => found.Bytes - about < ReserveBytes || (newFile && found.Inodes < InodeReserve);
    }

    /// <summary>The refusal for a write that the system itself found no room for.</summary>
    public StoreException Refusal() => Refusal(Read(), about: 0);

    private StoreException Refusal(Free free, long about) => new(
        StoreErrorCode.OutOfSpace,
        $"no room to store this: {Math.Max(0, free.Bytes - ReserveBytes)} bytes and {free.Inodes?.ToString() ?? "uncounted"} inodes are free "
        + $"beyond the reserve of {ReserveBytes} bytes{(about > 0 ? $", {about} bytes are needed" : "")}; "
        + "delete objects or enlarge the volume");

    /// <summary>A look costs a microsecond; a quarter of a second's age is near enough while there is plenty.</summary>
    private Free Recent(long about)
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _checkedAt)) > TimeSpan.FromMilliseconds(250) || _last.Bytes - about < 4 * ReserveBytes)
        {
            _last = Read();
            Volatile.Write(ref _checkedAt, _time.GetTimestamp());
        }

        return _last;
    }

    private Free Read()
    {
        if (OperatingSystem.IsLinux() && Environment.Is64BitProcess)
        {
            if (StatVfs(_directory, out StatVfsResult found) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                throw new IOException($"cannot read the room on the volume: {Marshal.GetPInvokeErrorMessage(error)}", error);
            }

            // Some file systems make inodes as they need them and report none.
            long? inodes = found.Files == 0 ? null : (long)found.FilesAvailable;
            return new Free(checked((long)(found.BlocksAvailable * found.FragmentSize)), inodes, checked((long)(found.Blocks * found.FragmentSize)));
        }

        var drive = new DriveInfo(Path.GetFullPath(_directory));
        return new Free(drive.AvailableFreeSpace, null, drive.TotalSize);
    }

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatVfs(string path, out StatVfsResult result);

    private sealed record Free(long Bytes, long? Inodes, long TotalBytes);

    /// <summary>struct statvfs of 64-bit Linux (glibc and musl).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct StatVfsResult
    {
        public ulong BlockSize;
        public ulong FragmentSize;
        public ulong Blocks;
        public ulong BlocksFree;
        public ulong BlocksAvailable;
        public ulong Files;
        public ulong FilesFree;
        public ulong FilesAvailable;
        public ulong FileSystem;
        public ulong Flags;
        public ulong LongestName;
        public ulong Spare1;
        public ulong Spare2;
        public ulong Spare3;
        public ulong Spare4;
    }
}
