using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>What an entry of an archive is.</summary>
/// <remarks>A word that this version of the package does not know is kept as it came. Coffer only.</remarks>
[JsonConverter(typeof(WireWordConverter<ArchiveEntryKind>))]
public readonly record struct ArchiveEntryKind : IWireWord<ArchiveEntryKind>
{
    private readonly string? _value;

    /// <summary>Takes the word of the wire.</summary>
    /// <param name="value">For example <c>file</c>; kept as it is.</param>
    /// <exception cref="ArgumentException">The word is empty.</exception>
    public ArchiveEntryKind(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        _value = value;
    }

    /// <summary>A file with content.</summary>
    public static ArchiveEntryKind File { get; } = new("file");

    /// <summary>A directory.</summary>
    public static ArchiveEntryKind Directory { get; } = new("directory");

    /// <summary>A symbolic link; <see cref="ArchiveEntry.Target"/> is what it says.</summary>
    public static ArchiveEntryKind SymbolicLink { get; } = new("symlink");

    /// <summary>A second name of a file, with that file's content; <see cref="ArchiveEntry.Target"/> is the first one.</summary>
    public static ArchiveEntryKind HardLink { get; } = new("hardlink");

    /// <summary>The word of the wire; empty when the server left the kind out.</summary>
    public string Value => _value ?? "";

    static ArchiveEntryKind IWireWord<ArchiveEntryKind>.Of(string word) => word.Length == 0 ? default : new(word);

    /// <summary>The word of the wire.</summary>
    public override string ToString() => Value;
}
