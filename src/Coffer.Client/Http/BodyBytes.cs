namespace Coffer.Client;

/// <summary>Small bodies, read whole.</summary>
internal static class BodyBytes
{
    /// <summary>Reads a body up to a size; what comes after it stays unread.</summary>
    public static async ValueTask<byte[]> ReadAsync(bool async, HttpResponseMessage answer, int longest, Deadline deadline)
    {
        CancellationToken token = deadline.Token;
        Stream body = async
            ? await answer.Content.ReadAsStreamAsync(token).ConfigureAwait(false)
            : answer.Content.ReadAsStream(token);

        // A blocking read has no token: closing the answer under it is what ends it.
        using CancellationTokenRegistration abort = token.UnsafeRegister(
            static state => ((HttpResponseMessage)state!).Dispose(), answer);
        var bytes = new byte[Math.Min(Math.Min(longest, 1 << 20), answer.Content.Headers.ContentLength ?? 4096)];
        for (int filled = 0; ;)
        {
            if (filled == bytes.Length)
            {
                if (filled == longest)
                {
                    return bytes;
                }

                Array.Resize(ref bytes, (int)Math.Min(longest, Math.Max(4096, filled * 2L)));
            }

            int read = async
                ? await body.ReadAsync(bytes.AsMemory(filled), token).ConfigureAwait(false)
                : body.Read(bytes, filled, bytes.Length - filled);
            if (read == 0)
            {
                Array.Resize(ref bytes, filled);
                return bytes;
            }

            filled += read;
        }
    }
}
