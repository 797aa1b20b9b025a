namespace Coffer.Archives.Gzip;

/// <summary>The beginning of a block of a gzip archive, from where it can be unpacked, given the bytes that came out last before it.</summary>
/// <param name="BitOffset">Where in the archive the block begins, in bits.</param>
/// <param name="Offset">How many bytes come out before.</param>
internal readonly record struct GzipCheckpoint(long BitOffset, long Offset);
