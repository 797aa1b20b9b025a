using Coffer.Bench.Servers;

namespace Coffer.Bench.Load;

/// <summary>The bytes of large objects: stretches of a random pattern, each with its own offset in front, so that none repeats.</summary>
internal static class LargeContent
{
    private const int Stretch = 256 * 1024;
    private static readonly byte[] Pattern = Incompressible.Make(64 << 20, 7);

    /// <param name="stretch">256 KiB.</param>
    /// <param name="offset">A multiple of 256 KiB.</param>
    public static void Fill(Memory<byte> stretch, long offset)
    {
        Pattern.AsSpan((int)(offset % Pattern.Length), stretch.Length).CopyTo(stretch.Span);
        BitConverter.TryWriteBytes(stretch.Span, offset);
    }

    /// <summary>Downloads such an object and compares every byte.</summary>
    /// <param name="headers">Whole lines, each with its CRLF.</param>
    /// <exception cref="InvalidRunException">It is not what was stored.</exception>
    public static void Fetch(ServerProcess server, string target, string headers, long length)
    {
        using HttpConnection connection = server.Connect();
        long received = 0;
        bool same = true;
        Answer answer = connection.Download(target, headers, (bytes, offset) =>
        {
            received += bytes.Length;
            same &= IsRight(bytes.Span, offset);
        });
        if (!answer.IsSuccess || received != length || !same)
        {
            throw new InvalidRunException($"{server.Name} answered {answer.Status} with {received} bytes, {(same ? "right" : "wrong")} ones");
        }
    }

    private static bool IsRight(ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            int within = (int)(offset % Stretch);
            int count = Math.Min(bytes.Length, Stretch - within);
            if (within >= sizeof(long))
            {
                if (!bytes[..count].SequenceEqual(Pattern.AsSpan((int)(offset % Pattern.Length), count)))
                {
                    return false;
                }
            }
            else
            {
                byte[] expected = new byte[Stretch];
                Fill(expected, offset - within);
                if (!bytes[..count].SequenceEqual(expected.AsSpan(within, count)))
                {
                    return false;
                }
            }

            bytes = bytes[count..];
            offset += count;
        }

        return true;
    }
}
