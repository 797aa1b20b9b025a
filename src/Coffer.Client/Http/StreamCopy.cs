using System.Buffers;

namespace Coffer.Client;

/// <summary>Copies through one rented buffer, whatever the size.</summary>
internal static class StreamCopy
{
    private const int BufferSize = 128 * 1024;

    /// <param name="async">False blocks the calling thread.</param>
    /// <param name="source">Where the bytes come from.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="most">How many, at most; null for all.</param>
    /// <param name="cancellationToken">Ends the copying.</param>
    /// <param name="beforeLast">Called when <paramref name="most"/> bytes are read and the last of them not yet written.</param>
    /// <returns>The bytes copied: up to <paramref name="most"/>, fewer when the source ends before.</returns>
    public static async ValueTask<long> CopyAsync(
        bool async, Stream source, Stream destination, long? most, CancellationToken cancellationToken,
        Action? beforeLast = null)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (long copied = 0; ;)
            {
                int wanted = (int)Math.Min(buffer.Length, (most ?? long.MaxValue) - copied);
                int read = wanted == 0 ? 0
                    : async ? await source.ReadAsync(buffer.AsMemory(0, wanted), cancellationToken).ConfigureAwait(false)
                    : source.Read(buffer, 0, wanted);
                if (read == 0)
                {
                    return copied;
                }

                if (copied + read == most)
                {
                    beforeLast?.Invoke();
                }

                if (async)
                {
                    await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    destination.Write(buffer, 0, read);
                }

                copied += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
