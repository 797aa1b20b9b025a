namespace Coffer.DurabilityTests.Disk;

/// <summary>Bytes that grow; gaps read as zero.</summary>
internal sealed class Content
{
    private byte[] _bytes = [];

    public long Length { get; private set; }

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        if (offset + data.Length > Length) SetLength(offset + data.Length);
        data.CopyTo(_bytes.AsSpan((int)offset));
    }

    public void Zero(long offset, long length)
    {
        long end = Math.Min(offset + length, Length);
        if (offset < end) _bytes.AsSpan((int)offset, (int)(end - offset)).Clear();
    }

    public void SetLength(long length)
    {
        if (length < Length) Zero(length, Length - length);
        else if (length > _bytes.Length) Array.Resize(ref _bytes, checked((int)Math.Max(length, _bytes.Length * 2L)));
        Length = length;
    }

    public byte[] ToArray() => _bytes.AsSpan(0, (int)Length).ToArray();
}
