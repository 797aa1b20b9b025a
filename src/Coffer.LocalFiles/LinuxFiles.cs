using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Coffer.LocalFiles;

/// <summary>The calls of Linux behind <see cref="RootedDirectory"/>, on x64 and arm64. Each returns 0 or the error's number.</summary>
internal static partial class LinuxFiles
{
    public const int NotPermitted = 1, NoEntry = 2, Interrupted = 4, NoReader = 6, TryAgain = 11, NoAccess = 13, Exists = 17, OtherDevice = 18,
        NoDevice = 19, NotDirectory = 20, IsDirectory = 21, NoSpace = 28, NameTooLong = 36, NotEmpty = 39, TooManyLinks = 40, QuotaReached = 122;

    public const int WriteOnly = 1, Create = 0x40, Exclusive = 0x80, NoTerminal = 0x100, Truncate = 0x200, Append = 0x400, NonBlocking = 0x800,
        CloseOnExec = 0x8_0000, PathOnly = 0x20_0000;

    public const ulong NoMagicLinks = 0x02, NoSymbolicLinks = 0x04, Beneath = 0x08, InRoot = 0x10;

    private const int CurrentDirectory = -100, NoFollowAt = 0x100, RemoveDirectoryAt = 0x200, EmptyPathAt = 0x1000;
    private const int BasicStatistics = 0x7FF;
    private const int SyscallOpen = 437; // openat2 has one number on all architectures; the C library has no name for it

    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly int SyscallStatx = Arm ? 291 : 332;
    private static readonly int SyscallEntries = Arm ? 61 : 217;

    public static readonly int DirectoryOnly = Arm ? 0x4000 : 0x1_0000;
    public static readonly int NoFollow = Arm ? 0x8000 : 0x2_0000;

    public static bool Runs => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    public static string Words(int error) => Marshal.GetPInvokeErrorMessage(error);

    /// <summary>openat2; the descriptor is closed when a command is started, and never a terminal of this process.</summary>
    public static int Open(SafeFileHandle? at, string path, int flags, uint mode, ulong resolve, out SafeFileHandle opened)
    {
        var how = new OpenHow { Flags = (ulong)(uint)(flags | CloseOnExec | ((flags & PathOnly) == 0 ? NoTerminal : 0)), Mode = mode, Resolve = resolve };
        opened = new SafeFileHandle();
        for (int attempt = 0; ; attempt++)
        {
            nint descriptor = WithDescriptor(at, fd => OpenByNumber(SyscallOpen, fd, path, how, Unsafe.SizeOf<OpenHow>()), out int error);
            if (descriptor >= 0)
            {
                opened = new SafeFileHandle(descriptor, ownsHandle: true);
                return 0;
            }

            // A rename anywhere on the machine fails a walk through "..", and a lease on the file fails an open: both pass.
            if (error != Interrupted && (error != TryAgain || attempt >= 2000))
            {
                return error;
            }

            if (attempt > 100)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(1));
            }
        }
    }

    public static int Stat(SafeFileHandle of, out RootedEntry? entry)
    {
        var found = default(StatResult);
        nint result = WithDescriptor(of, fd => StatByNumber(SyscallStatx, fd, "", EmptyPathAt | NoFollowAt, BasicStatistics, ref found), out int error);
        entry = result < 0 ? null : new RootedEntry(
            (found.Mode & 0xF000) switch
            {
                0x8000 => RootedKind.File,
                0x4000 => RootedKind.Directory,
                0xA000 => RootedKind.SymbolicLink,
                _ => RootedKind.Other,
            },
            (UnixFileMode)(found.Mode & 0xFFF),
            (long)found.SizeBytes,
            (long)found.Blocks * 512,
            found.Uid,
            found.Gid,
            (long)found.Inode,
            found.Links,
            DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(found.ModifiedSeconds, -62135596800, 253402300799)).AddTicks(found.ModifiedNanoseconds / 100));
        return result < 0 ? error : 0;
    }

    /// <summary>Reads directory entries into the buffer: their number of bytes, 0 at the end, or the negative error.</summary>
    public static int ReadEntries(SafeFileHandle directory, Span<byte> buffer)
    {
        nint read;
        int error;
        unsafe
        {
            fixed (byte* into = buffer)
            {
                nint address = (nint)into;
                int length = buffer.Length;
                read = WithDescriptor(directory, fd => EntriesByNumber(SyscallEntries, fd, address, length), out error);
            }
        }

        return read < 0 ? -error : (int)read;
    }

    public static int MakeDirectory(SafeFileHandle at, ReadOnlySpan<byte> name, uint mode) => Result(MakeDirectoryAt(at, name, mode));

    public static int MakeSymbolicLink(string target, SafeFileHandle at, ReadOnlySpan<byte> name) => Result(SymbolicLinkAt(target, at, name));

    public static int MakeHardLink(SafeFileHandle fromAt, ReadOnlySpan<byte> from, SafeFileHandle at, ReadOnlySpan<byte> name) =>
        Result(LinkAt(fromAt, from, at, name, 0)); // 0: of a link, the link itself gets the second name

    public static int Rename(SafeFileHandle fromAt, ReadOnlySpan<byte> from, SafeFileHandle at, ReadOnlySpan<byte> name) =>
        Result(RenameAt(fromAt, from, at, name));

    public static int RemoveFile(SafeFileHandle at, ReadOnlySpan<byte> name) => Result(UnlinkAt(at, name, 0));

    public static int RemoveDirectory(SafeFileHandle at, ReadOnlySpan<byte> name) => Result(UnlinkAt(at, name, RemoveDirectoryAt));

    /// <summary>A directory by its name's bytes, which need not be UTF-8; a link is refused.</summary>
    public static int OpenDirectory(SafeFileHandle at, ReadOnlySpan<byte> name, out SafeFileHandle opened)
    {
        nint descriptor = OpenAt(at, name, DirectoryOnly | NoFollow | CloseOnExec | NonBlocking);
        int error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        opened = descriptor < 0 ? new SafeFileHandle() : new SafeFileHandle(descriptor, ownsHandle: true);
        return error;
    }

    /// <summary>What a name's bytes stand for, itself: of a link, the link.</summary>
    public static int OpenPath(SafeFileHandle at, ReadOnlySpan<byte> name, out SafeFileHandle opened)
    {
        nint descriptor = OpenAt(at, name, PathOnly | NoFollow | CloseOnExec);
        int error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        opened = descriptor < 0 ? new SafeFileHandle() : new SafeFileHandle(descriptor, ownsHandle: true);
        return error;
    }

    /// <summary>Works on descriptors that only name a file, too, which fchmod refuses; a link is refused.</summary>
    public static int SetMode(SafeFileHandle of, uint mode)
    {
        nint result = WithDescriptor(of, fd => ChangeMode($"/proc/self/fd/{fd}", mode), out int error);
        return result < 0 ? error : 0;
    }

    public static int SetOwner(SafeFileHandle of, uint uid, uint gid) => Result(ChangeOwnerAt(of, "\0"u8, uid, gid, EmptyPathAt | NoFollowAt));

    public static int SetTime(SafeFileHandle at, ReadOnlySpan<byte> name, DateTimeOffset modified)
    {
        long ticks = modified.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        (long seconds, long rest) = (Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long left), left);
        if (rest < 0)
        {
            (seconds, rest) = (seconds - 1, rest + TimeSpan.TicksPerSecond);
        }

        ReadOnlySpan<long> times = [seconds, rest * 100, seconds, rest * 100];
        return Result(SetTimesAt(at, name, times, NoFollowAt));
    }

    private static int Result(int result) => result < 0 ? Marshal.GetLastPInvokeError() : 0;

    /// <summary>The descriptor stays open for the length of the call, whoever disposes of the handle meanwhile.</summary>
    private static nint WithDescriptor(SafeFileHandle? handle, Func<nint, nint> call, out int error)
    {
        bool held = false;
        try
        {
            handle?.DangerousAddRef(ref held);
            nint result = call(handle?.DangerousGetHandle() ?? CurrentDirectory);
            error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
            return result;
        }
        finally
        {
            if (held)
            {
                handle!.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenByNumber(nint number, nint at, string path, in OpenHow how, nint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint StatByNumber(nint number, nint at, string path, nint flags, nint mask, ref StatResult result);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint EntriesByNumber(nint number, nint directory, nint buffer, nint length);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenAt(SafeFileHandle at, ReadOnlySpan<byte> name, int flags);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true)]
    private static partial int MakeDirectoryAt(SafeFileHandle at, ReadOnlySpan<byte> name, uint mode);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SymbolicLinkAt(string target, SafeFileHandle at, ReadOnlySpan<byte> name);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true)]
    private static partial int LinkAt(SafeFileHandle fromAt, ReadOnlySpan<byte> from, SafeFileHandle at, ReadOnlySpan<byte> name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    private static partial int RenameAt(SafeFileHandle fromAt, ReadOnlySpan<byte> from, SafeFileHandle at, ReadOnlySpan<byte> name);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkAt(SafeFileHandle at, ReadOnlySpan<byte> name, int flags);

    [LibraryImport("libc", EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeMode(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "fchownat", SetLastError = true)]
    private static partial int ChangeOwnerAt(SafeFileHandle at, ReadOnlySpan<byte> name, uint uid, uint gid, int flags);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true)]
    private static partial int SetTimesAt(SafeFileHandle at, ReadOnlySpan<byte> name, ReadOnlySpan<long> times, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary>struct statx, which is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatResult
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint Uid;

        [FieldOffset(24)]
        public uint Gid;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong SizeBytes;

        [FieldOffset(48)]
        public ulong Blocks;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
    }
}
