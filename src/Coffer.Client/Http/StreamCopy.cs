using System.Buffers;

namespace Coffer.Client;

/// <summary>Copies through one rented buffer, whatever the size.</summary>
internal static class StreamCopy
{
    private const int BufferSize = 128 * 1024;

    /// <returns>The bytes copied: up to <paramref name="most"/>, fewer when the source ends before.</returns>
    public static async ValueTask<long> CopyAsync(
        bool async, Stream source, Stream destination, long? most, CancellationToken cancellationToken)
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
