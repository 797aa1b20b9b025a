using System.Buffers;

namespace Coffer.Catalog.Sqlite;

/// <summary>Bytes of a small object, in a rented buffer.</summary>
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

    public static InlineContent Copy(ReadOnlySpan<byte> bytes)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(buffer);
        return new InlineContent(buffer, bytes.Length);
    }

    /// <summary>The checksum kept beside inline bytes. It covers the id, so that a damaged page cannot pass off one object's bytes as another's.</summary>
    public static uint Checksum(ObjectId id, ReadOnlySpan<byte> bytes)
    {
        Span<byte> name = stackalloc byte[ObjectId.SizeBytes];
        id.Write(name);
        return Crc32C.Append(Crc32C.Compute(name), bytes);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
