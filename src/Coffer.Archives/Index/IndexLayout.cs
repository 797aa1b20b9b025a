namespace Coffer.Archives.Index;

/// <summary>The file that an archive's entries and checkpoints are kept in.</summary>
/// <remarks>
/// <code>
///   0                       entries             checkpoints              header              end
///   ├────────────────────────┼───────────────────┼────────────────────────┼───────────────────┤
///   │ names, targets, maps,  │ 56 bytes for      │ 32 bytes for each,     │ 64 bytes          │
///   │ windows                │ each, by path     │ by offset              │                   │
///   └────────────────────────┴───────────────────┴────────────────────────┴───────────────────┘
///   entry:       0 texts at   8 path's length   12 target's, -1 for none   16 stretches, -1 for none   20 kind   22 mode   24 size
///                32 stored   40 content at   48 time
///   checkpoint:  0 bits   8 offset   16 state and window at   24 their length, compressed: 0 length of the state, 2 bytes   2 state, window
///   header:      0 "CofrArIx"   8 version   12 kind   16 what it was made from   32 entries   36 checkpoints   40 entries at
///                60 CRC-32C of all before
/// </code>
/// All numbers are little-endian. The header comes last, so that the file is written in one go.
/// </remarks>
internal static class IndexLayout
{
    public const int HeaderSize = 64;
    public const int EntrySize = 56;
    public const int CheckpointSize = 32;
    public const int StretchSize = 16;
    public const int FingerprintSize = 16;
    public const int Version = 1;

    public static ReadOnlySpan<byte> Magic => "CofrArIx"u8;
}
