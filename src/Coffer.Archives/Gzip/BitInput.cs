using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Coffer.Archives.Gzip;

/// <summary>A compressed stream, read bit by bit as deflate wants it: the lowest bit of a byte first.</summary>
/// <param name="source">Reading it may block.</param>
/// <param name="sourceOffset">Where in the archive the source stands.</param>
internal sealed class BitInput(Stream source, long sourceOffset)
{
    /// <summary>How many bytes must be at hand for a step of the fast loop, which takes eight at a time twice.</summary>
    public const int FastBytes = 16;

    private const int Kept = 8; // bytes before the position that can be given back
    private const int Size = 64 << 10;
    private readonly byte[] _buffer = new byte[Kept + Size];
    private long _sourceOffset = sourceOffset; // of the byte behind the end
    private int _position = Kept;
    private int _end = Kept;
    private ulong _bits;
    private int _count;

    /// <summary>Where the next bit is, in bits of the archive.</summary>
    public long BitOffset => ((_sourceOffset - (_end - _position)) * 8) - _count;

    public ReadOnlySpan<byte> Buffer => _buffer.AsSpan(0, _end);

    /// <summary>The state that the fast loop keeps in registers meanwhile.</summary>
    public (int Position, ulong Bits, int Count) State
    {
        get => (_position, _bits, _count);
        set => (_position, _bits, _count) = value;
    }

    /// <summary>Whether enough bytes are at hand for the fast loop, after an attempt to get more.</summary>
    public bool IsReadyForFast()
    {
        if (_end - _position >= FastBytes) return true;
        Fetch();
        return _end - _position >= FastBytes;
    }

    /// <summary>Looks at the next bits, those beyond the end being 0.</summary>
    /// <returns>How many there are: at least <paramref name="wanted"/>, unless the end is near.</returns>
    public int Peek(int wanted, out ulong bits)
    {
        while (_count < wanted)
        {
            if (_position == _end && !Fetch()) break;
            // What is above the count may be there already, as the same bits.
            _bits |= (ulong)_buffer[_position++] << _count;
            _count += 8;
        }

        bits = _bits & ((1ul << _count) - 1);
        return _count;
    }

    public void Skip(int bits)
    {
        _bits >>= bits;
        _count -= bits;
    }

    /// <exception cref="ArchiveException">Truncated.</exception>
    public int Take(int bits)
    {
        if (Peek(bits, out ulong found) < bits) throw Truncated();
        Skip(bits);
        return (int)(found & ((1ul << bits) - 1));
    }

    /// <summary>Skips to the next whole byte.</summary>
    public void Align()
    {
        Skip(_count & 7);
        _position -= _count >> 3;
        (_bits, _count) = (0, 0);
    }

    /// <summary>One byte; the position must be aligned.</summary>
    /// <returns>-1 at the end.</returns>
    public int TryReadByte() => _position == _end && !Fetch() ? -1 : _buffer[_position++];

    /// <exception cref="ArchiveException">Truncated.</exception>
    public byte ReadByte()
    {
        int next = TryReadByte();
        return next < 0 ? throw Truncated() : (byte)next;
    }

    /// <summary>Copies whole bytes; the position must be aligned.</summary>
    /// <exception cref="ArchiveException">Truncated.</exception>
    public void Read(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_position == _end && !Fetch()) throw Truncated();
            int count = Math.Min(destination.Length, _end - _position);
            _buffer.AsSpan(_position, count).CopyTo(destination);
            _position += count;
            destination = destination[count..];
        }
    }

    public static ArchiveException Truncated() => new(ArchiveFault.Truncated, "the archive is cut off: its compressed data is not whole");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Word(ReadOnlySpan<byte> buffer, int position) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(buffer), position));

    /// <summary>Moves what is left to the front and reads more behind it.</summary>
    private bool Fetch()
    {
        int from = Math.Max(0, _position - Kept);
        _buffer.AsSpan(from, _end - from).CopyTo(_buffer);
        _end -= from;
        _position -= from;
        int read = source.Read(_buffer.AsSpan(_end));
        _end += read;
        _sourceOffset += read;
        return read > 0;
    }
}
