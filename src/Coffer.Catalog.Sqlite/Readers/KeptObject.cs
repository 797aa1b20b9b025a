namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>An opened object that many share, with inline bytes of its own.</summary>
internal sealed class KeptObject : OpenedRow
{
    /// <summary>Larger contents are read anew: they would push out too many small ones, and reading them is not what they cost.</summary>
    private const int LargestBytes = 16 * 1024;

    /// <summary>About what a row takes with its strings, as long as these are short.</summary>
    private const int RowBytes = 1024;

    private readonly byte[]? _inline;
    private readonly uint _checksum;

    private KeptObject(StoredObject found, byte[]? inline)
        : base(found)
    {
        _inline = inline;
        _checksum = inline is null ? 0 : InlineBody.Checksum(found.Id, inline);
    }

    public override ReadOnlyMemory<byte>? Inline => _inline is null ? (ReadOnlyMemory<byte>?)null : _inline;

    /// <summary>Whether the bytes still are what was read: they are checked each time that they leave, as those from the disk are.</summary>
    public bool IsWhole => _inline is null || InlineBody.Checksum(Object.Id, _inline) == _checksum;

    public long MemoryBytes => RowBytes + (_inline?.Length ?? 0) + (sizeof(char) * (Object.Key.Length + Object.Name.Length + (Object.Metadata?.Json.Length ?? 0)));

    /// <summary>What is kept of an object that was read; null for one that may not be, or is not worth it.</summary>
    public static KeptObject? Of(StoredObject found, InlineContent? inline) =>
        found.State is ObjectState.ReadOnly && !(inline?.Memory.Length > LargestBytes)
            ? new KeptObject(found, inline?.Memory.ToArray())
            : null;

    protected override void Dispose(bool disposing)
    {
        // It goes on living here, and ends with the last who reads it.
    }
}
