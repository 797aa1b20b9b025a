namespace Coffer.Archives.Gzip;

/// <summary>A place in a gzip archive from where it can be unpacked, given the inflater's state and the bytes that came out last before it.</summary>
/// <param name="BitOffset">Where in the archive the next bit is.</param>
/// <param name="Offset">How many bytes come out before.</param>
internal readonly record struct GzipCheckpoint(long BitOffset, long Offset);
