using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Devboxes.Roots;

/// <summary>The mount calls of Linux that work on descriptors, so that no name is resolved twice between check and use.</summary>
/// <remarks>
/// By number, which all architectures share, because the C libraries of many distributions have no names for them yet.
/// Source: fsopen(2), fsconfig(2), fsmount(2), open_tree(2), move_mount(2), mount_setattr(2), umount2(2).
/// </remarks>
internal static partial class MountCalls
{
    private const nint OpenTreeNumber = 428;
    private const nint MoveMountNumber = 429;
    private const nint FsOpenNumber = 430;
    private const nint FsConfigNumber = 431;
    private const nint FsMountNumber = 432;
    private const nint MountSetAttrNumber = 442;

    private const uint CloseOnExec = 0x8_0000;
    private const uint EmptyPath = 0x1000;
    private const uint CloneTree = 1;
    private const uint ReadOnly = 1;
    private const uint NoSetuid = 2;
    private const uint NoDevices = 4;
    private const uint IdMapped = 0x10_0000;
    private const ulong Private = 1 << 18;
    private const int Lazily = 2; // MNT_DETACH

    /// <summary>A mount of this kind of file system that is nowhere yet; set-uid bits and devices mean nothing on it.</summary>
    /// <exception cref="IOException">With what the kernel has to say about it.</exception>
    public static SafeFileHandle Make(string fileSystem, params ReadOnlySpan<(string Key, string Value)> options)
    {
        using SafeFileHandle context = Descriptor(FsOpen(FsOpenNumber, fileSystem, flags: 1), $"begin a mount of {fileSystem}");
        foreach ((string key, string value) in options)
        {
            if (FsConfig(FsConfigNumber, context, command: 1, key, value, 0) == 0) continue;
            throw Failure($"set {key} of {fileSystem}", context);
        }

        if (FsConfig(FsConfigNumber, context, command: 6, null, null, 0) != 0) throw Failure($"set up {fileSystem}", context);
        nint made = FsMount(FsMountNumber, context, flags: 1, NoSetuid | NoDevices);
        return made >= 0 ? new SafeFileHandle(made, ownsHandle: true) : throw Failure($"mount {fileSystem}", context);
    }

    /// <summary>The same directory as a mount of its own that is nowhere yet.</summary>
    public static SafeFileHandle Clone(SafeFileHandle directory) =>
        Descriptor(OpenTree(OpenTreeNumber, directory, "", CloneTree | CloseOnExec | EmptyPath), "clone a mount");

    /// <summary>
    /// Shows the files of a mount that is nowhere yet as owned by others, without a change to them and for reading alone.
    /// </summary>
    public static void MapOwners(SafeFileHandle mount, SafeFileHandle userNamespace)
    {
        bool held = false;
        userNamespace.DangerousAddRef(ref held);
        try
        {
            SetAttributes(mount, new MountAttributes
            {
                Set = IdMapped | ReadOnly | NoSetuid | NoDevices,
                UserNamespace = (ulong)userNamespace.DangerousGetHandle(),
            }, "map the owners of a mount");
        }
        finally
        {
            userNamespace.DangerousRelease();
        }
    }

    /// <summary>Puts a mount over a directory.</summary>
    public static void Place(SafeFileHandle mount, SafeFileHandle directory)
    {
        if (MoveMount(MoveMountNumber, mount, "", directory, "", 0x4 | 0x40) != 0) throw Failure("place a mount");
    }

    /// <summary>What is mounted or unmounted below it stays in this mount namespace, and the other way round.</summary>
    public static void MakePrivate(SafeFileHandle mount) =>
        SetAttributes(mount, new MountAttributes { Propagation = Private }, "make a mount private");

    /// <summary>
    /// Takes the mount whose root this is out of sight; it ends with the last file that someone holds open in it.
    /// </summary>
    public static void Detach(SafeFileHandle root)
    {
        // The link in /proc leads to the very directory that was opened, not through the names on the way to it.
        bool held = false;
        root.DangerousAddRef(ref held);
        try
        {
            if (Unmount($"/proc/self/fd/{root.DangerousGetHandle()}", Lazily) != 0) throw Failure("unmount");
        }
        finally
        {
            root.DangerousRelease();
        }
    }

    private static unsafe void SetAttributes(SafeFileHandle mount, MountAttributes attributes, string verb)
    {
        nuint size = (nuint)sizeof(MountAttributes);
        if (MountSetAttr(MountSetAttrNumber, mount, "", EmptyPath, &attributes, size) != 0) throw Failure(verb);
    }

    private static SafeFileHandle Descriptor(nint result, string verb) =>
        result >= 0 ? new SafeFileHandle(result, ownsHandle: true) : throw Failure(verb);

    private static IOException Failure(string verb, SafeFileHandle? context = null)
    {
        int error = Marshal.GetLastPInvokeError();
        string said = context is null ? "" : Said(context);
        return new IOException($"cannot {verb}: {Marshal.GetPInvokeErrorMessage(error)}{said}", error);
    }

    /// <summary>The messages that the kernel left with a file system context, each read alone.</summary>
    private static string Said(SafeFileHandle context)
    {
        var said = new StringBuilder();
        Span<byte> message = stackalloc byte[512];
        while (Read(context, message, (nuint)message.Length) is var length and > 0)
        {
            said.Append("; ").Append(Encoding.UTF8.GetString(message[..(int)length]).Trim());
        }

        return said.ToString();
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint FsOpen(nint number, string fileSystem, nint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint FsConfig(
        nint number, SafeFileHandle context, nint command, string? key, string? value, nint extra);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint FsMount(nint number, SafeFileHandle context, nint flags, nuint attributes);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenTree(nint number, SafeFileHandle directory, string path, nuint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint MoveMount(
        nint number, SafeFileHandle mount, string mountPath, SafeFileHandle directory, string directoryPath, nuint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint MountSetAttr(
        nint number, SafeFileHandle mount, string path, nuint flags, MountAttributes* attributes, nuint size);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, Span<byte> buffer, nuint length);

    /// <summary>struct mount_attr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MountAttributes
    {
        public ulong Set;
        public ulong Clear;
        public ulong Propagation;
        public ulong UserNamespace;
    }
}
