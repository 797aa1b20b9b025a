using System.Buffers;

namespace Coffer.Catalog.Sqlite;

/// <summary>Bytes of a small object in a rented buffer.</summary>
internal sealed class InlineContent : IDisposable
{
    private readonly int _length;
    private byte[]? _buffer;

    private InlineContent(byte[] buffer, int length)
    {
        _buffer = buffer;
        _length = length;
    }

    public ReadOnlyMemory<byte> Memory => new(_buffer ?? throw new ObjectDisposedException(nameof(InlineContent)), 0, _length);

    /// <summary>Lays bytes out as they are stored.</summary>
    public static InlineContent ToStore(ObjectId id, ReadOnlySpan<byte> bytes)
    {
        int length = InlineBody.LengthFor(bytes.Length);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        InlineBody.Write(buffer.AsSpan(0, length), id, bytes);
        return new InlineContent(buffer, length);
    }

    public static InlineContent Copy(ReadOnlySpan<byte> bytes)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(buffer);
        return new InlineContent(buffer, bytes.Length);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
