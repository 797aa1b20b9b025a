using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Roots;

/// <summary>What a name in a directory stands for.</summary>
/// <param name="Inode">The same for all names of one file.</param>
internal readonly record struct FileFacts(
    uint Kind, UnixFileMode Mode, int Uid, uint Names, ulong Inode, long SizeBytes, FileTime Changed)
{
    public bool IsDirectory => Kind == 0x4000;

    public bool IsFile => Kind == 0x8000;

    public bool IsLink => Kind == 0xA000;
}

[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FileTime(long Seconds, long Nanoseconds);

/// <summary>Calls on single names in an open directory, which .NET has for whole paths only. No call follows a link.</summary>
internal static partial class FileCalls
{
    private const int CloseOnExec = 0x8_0000;
    private const int NoLinkAtTheEnd = 0x100;
    private const int CreateNew = 0x1 | 0x40 | 0x80; // O_WRONLY | O_CREAT | O_EXCL
    private const nuint CloneFile = 0x4004_9409; // FICLONE
    private const long Unchanged = (1 << 30) - 2; // UTIME_OMIT
    private const uint OwnerMayWrite = 0x180; // 0600
    private static readonly int NoFollow = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x2_0000;

    /// <summary>Opens anything that can be read, what .NET refuses too.</summary>
    public static SafeFileHandle Open(string path) => Checked(Open(path, CloseOnExec), "open", path);

    public static SafeFileHandle OpenIn(SafeFileHandle directory, string name) =>
        Checked(OpenAt(directory, name, NoFollow | CloseOnExec, 0), "open", name);

    public static SafeFileHandle CreateIn(SafeFileHandle directory, string name) =>
        Checked(OpenAt(directory, name, CreateNew | CloseOnExec, OwnerMayWrite), "create", name);

    /// <summary>Null when there is no such name.</summary>
    /// <param name="name">Empty for the directory itself.</param>
    public static unsafe FileFacts? StatIn(SafeFileHandle directory, string name)
    {
        const int Missing = 2;
        const int EmptyPath = 0x1000;
        const uint BasicFacts = 0x7FF;
        StatX found;
        if (StatX_(directory, name, NoLinkAtTheEnd | (name.Length == 0 ? EmptyPath : 0), BasicFacts, &found) != 0)
        {
            return Marshal.GetLastPInvokeError() == Missing ? null : throw Failure("look at", name);
        }

        return new FileFacts(
            found.Mode & 0xF000u, (UnixFileMode)(found.Mode & 0xFFF), (int)found.Uid, found.Links, found.Inode, (long)found.Size,
            new FileTime(found.ChangedSeconds, found.ChangedNanoseconds));
    }

    public static string ReadLinkIn(SafeFileHandle directory, string name)
    {
        Span<byte> target = stackalloc byte[4096];
        nint length = ReadLinkAt(directory, name, target, (nuint)target.Length);
        return length >= 0 ? Encoding.UTF8.GetString(target[..(int)length]) : throw Failure("read the link", name);
    }

    public static void MakeLinkIn(SafeFileHandle directory, string name, string target) =>
        Check(SymLinkAt(target, directory, name), "make the link", name);

    public static void MakeDirectoryIn(SafeFileHandle directory, string name, UnixFileMode mode) =>
        Check(MakeDirAt(directory, name, (uint)mode), "make the directory", name);

    public static void RemoveFileIn(SafeFileHandle directory, string name) => Check(UnlinkAt(directory, name, 0), "remove", name);

    public static void SetOwnerIn(SafeFileHandle directory, string name, int uid) =>
        Check(ChangeOwnerAt(directory, name, (uint)uid, (uint)uid, NoLinkAtTheEnd), "give away", name);

    public static void SetOwner(SafeFileHandle file, int uid) =>
        Check(ChangeOwner(file, (uint)uid, (uint)uid), "give away", "a file");

    public static void SetMode(SafeFileHandle file, UnixFileMode mode) =>
        Check(ChangeMode(file, (uint)mode), "set the mode of", "a file");

    /// <summary>For directories and files, not for links, which have none.</summary>
    public static void SetModeIn(SafeFileHandle directory, string name, UnixFileMode mode) =>
        Check(ChangeModeAt(directory, name, (uint)mode, 0), "set the mode of", name);

    public static void SetTimeIn(SafeFileHandle directory, string name, FileTime changed) =>
        Check(SetTimesAt(directory, name, [new FileTime(0, Unchanged), changed], NoLinkAtTheEnd), "set the time of", name);

    /// <summary>Lets an empty file share the bytes of another until either is written.</summary>
    /// <returns>False where the file system does not do that, or not for these two.</returns>
    public static bool TryClone(SafeFileHandle from, SafeFileHandle to)
    {
        bool held = false;
        from.DangerousAddRef(ref held);
        try
        {
            return Control(to, CloneFile, from.DangerousGetHandle()) == 0;
        }
        finally
        {
            from.DangerousRelease();
        }
    }

    /// <summary>Makes durable whatever was written to the file system of this directory.</summary>
    public static void SyncFileSystem(SafeFileHandle directory) => Check(SyncFs(directory), "sync", "the file system");

    private static SafeFileHandle Checked(int descriptor, string verb, string name) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure(verb, name);

    private static void Check(int result, string verb, string name)
    {
        if (result != 0) throw Failure(verb, name);
    }

    private static Exception Failure(string verb, string name)
    {
        const int NotPermitted = 1;
        const int NotAllowed = 13;
        int error = Marshal.GetLastPInvokeError();
        string message = $"cannot {verb} {name}: {Marshal.GetPInvokeErrorMessage(error)}";
        return error is NotPermitted or NotAllowed ? new UnauthorizedAccessException(message) : new IOException(message, error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(SafeFileHandle directory, string name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX_(SafeFileHandle directory, string name, int flags, uint mask, StatX* found);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLinkAt(SafeFileHandle directory, string name, Span<byte> target, nuint length);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SymLinkAt(string target, SafeFileHandle directory, string name);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeDirAt(SafeFileHandle directory, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkAt(SafeFileHandle directory, string name, int flags);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwnerAt(SafeFileHandle directory, string name, uint uid, uint gid, int flags);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    private static partial int ChangeOwner(SafeFileHandle file, uint uid, uint gid);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "fchmodat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeModeAt(SafeFileHandle directory, string name, uint mode, int flags);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetTimesAt(SafeFileHandle directory, string name, ReadOnlySpan<FileTime> times, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFs(SafeFileHandle file);

    /// <summary>struct statx, as far as it is read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatX
    {
        [FieldOffset(16)] public uint Links;
        [FieldOffset(20)] public uint Uid;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(112)] public long ChangedSeconds;
        [FieldOffset(120)] public uint ChangedNanoseconds;
    }
}
