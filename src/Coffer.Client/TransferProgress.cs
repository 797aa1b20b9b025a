using System.Runtime.InteropServices;

namespace Coffer.Client;

/// <summary>How far an upload or download has come.</summary>
/// <remarks>A retried upload starts again at zero. The last report of a finished transfer has all bytes.</remarks>
/// <param name="BytesDone">Bytes handed to, or taken from, the connection so far.</param>
/// <param name="TotalBytes">
/// Bytes in all; null when nobody knows beforehand, as for a directory or a stream that cannot seek.
/// </param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TransferProgress(long BytesDone, long? TotalBytes);
