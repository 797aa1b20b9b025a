using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Coffer.Devboxes.Execution;

/// <summary>The host uid that a file belongs to.</summary>
internal static partial class FileOwner
{
    private const int Here = -100; // AT_FDCWD
    private const int DoNotFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint BasicFacts = 0x7FF;
    private const int UidOffset = 20;

    public static void Set(string path, int uid)
    {
        if (Change(path, (uint)uid, (uint)uid) != 0)
        {
            throw Failure("give", path);
        }
    }

    public static uint Of(string path)
    {
        Span<byte> facts = stackalloc byte[256];
        return Look(Here, path, DoNotFollow, BasicFacts, facts) == 0
            ? BinaryPrimitives.ReadUInt32LittleEndian(facts[UidOffset..])
            : throw Failure("look at", path);
    }

    private static IOException Failure(string verb, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"cannot {verb} {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Change(string path, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Look(int folder, string path, int flags, uint mask, Span<byte> facts);
}
