namespace Coffer.Archives;

/// <summary>Why an archive is refused.</summary>
public enum ArchiveFault
{
    /// <summary>It does not begin as an archive does.</summary>
    NotAnArchive,

    /// <summary>It ends before it is complete.</summary>
    Truncated,

    /// <summary>It breaks its format, or a checksum does not match.</summary>
    Damaged,

    /// <summary>An entry's name or target leads out of the place that the archive is extracted to, or cannot be one.</summary>
    UnsafeEntry,

    /// <summary>An entry stands in the way of another, or refers to one that is not there.</summary>
    Conflict,

    /// <summary>It passes a limit.</summary>
    TooLarge,
}

/// <summary>An archive that is not taken. The message is one line for whoever sent it, and names the entry.</summary>
public sealed class ArchiveException(ArchiveFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public ArchiveFault Fault { get; } = fault;
}
