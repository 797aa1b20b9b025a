namespace Coffer.LocalFiles;

/// <summary>What is found under a name.</summary>
public enum RootedKind
{
    File,
    Directory,
    SymbolicLink,

    /// <summary>A FIFO, a socket or a device.</summary>
    Other,
}

/// <summary>What the system says of one name in a <see cref="RootedDirectory"/>.</summary>
/// <param name="Mode">Permissions, setuid, setgid and the sticky bit among them.</param>
/// <param name="AllocatedBytes">What it takes on the disk; less than the size when it has holes.</param>
/// <param name="Names">How many hard links there are.</param>
public sealed record RootedEntry(
    RootedKind Kind, UnixFileMode Mode, long SizeBytes, long AllocatedBytes, uint Uid, uint Gid, long Inode, long Names, DateTimeOffset Modified);
