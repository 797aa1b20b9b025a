using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Coffer.Archives.Gzip;

/// <summary>Unpacks deflate (RFC 1951). Unlike the framework's it begins anywhere, given its state and what came out before, and says where it can.</summary>
/// <remarks>See docs/decisions/0021. Memory is bounded whatever comes in, and every copy lies within what came out before.</remarks>
internal sealed class Inflater(BitInput input)
{
    public const int WindowSize = 32 << 10;

    private const int Stretch = 96 << 10;
    private const int FewestLiterals = 257;
    private const int Overshoot = 16; // copies move up to 16 bytes at a time
    private const int Limit = WindowSize + Stretch;

    private readonly byte[] _output = new byte[Limit + DeflateCodes.LongestMatch + Overshoot];
    private readonly HuffmanTable _literals = new(11, DeflateCodes.LiteralSymbols);
    private readonly HuffmanTable _distances = new(10, DeflateCodes.DistanceSymbols);
    private readonly HuffmanTable _lengths = new(7, DeflateCodes.Lengths.Length);
    private readonly byte[] _codeLengths = new byte[DeflateCodes.LiteralSymbols + DeflateCodes.DistanceSymbols];
    private int _floor; // where what may be copied begins
    private int _end; // where the output ends
    private BlockKind _block;
    private int _storedLeft;
    private bool _isFinal;
    private bool _hasFixed;
    private int _literalCodes;
    private int _distanceCodes;
    private ArchiveException? _failure;

    private enum BlockKind
    {
        None,
        Stored,
        Coded,
    }

    /// <summary>Told wherever reading can begin anew: in front of each block, and within it from time to time, for there are blocks of any size.</summary>
    public Action? AtCheckpoint { get; set; }

    /// <summary>What has to be known besides the window to go on from here: whether within a block, and by which codes.</summary>
    public byte[] State => _block is BlockKind.None ? [0, 0]
        : _hasFixed ? [1, (byte)(_isFinal ? 1 : 0)]
        : [2, (byte)(_isFinal ? 1 : 0), (byte)(_literalCodes - FewestLiterals), .. _codeLengths.AsSpan(0, _literalCodes + _distanceCodes)];

    /// <summary>The last bytes that came out, at most <see cref="WindowSize"/>.</summary>
    public ReadOnlySpan<byte> Window => _output.AsSpan(_floor.. _end)[^Math.Min(WindowSize, _end - _floor)..];

    /// <summary>Begins a stream.</summary>
    /// <param name="window">What came out before, as far back as copies reach; empty at the beginning.</param>
    /// <param name="state">The <see cref="State"/> there; empty at the beginning.</param>
    /// <exception cref="ArchiveException">Damaged: that is no state.</exception>
    public void Start(ReadOnlySpan<byte> window, ReadOnlySpan<byte> state)
    {
        window.CopyTo(_output);
        (_floor, _end) = (0, window.Length);
        (_block, _isFinal, _failure) = (BlockKind.None, false, null);
        if (state.IsEmpty || state[0] == 0) return;
        (_block, _isFinal) = (BlockKind.Coded, state[1] == 1);
        if (state[0] == 1)
        {
            UseFixedCodes();
            return;
        }

        int literals = state[2] + FewestLiterals;
        ReadOnlySpan<byte> lengths = state[3..];
        if (lengths.Length <= literals || lengths.Length > _codeLengths.Length) throw Damaged();
        lengths.CopyTo(_codeLengths);
        UseCodes(literals, lengths.Length - literals);
    }

    /// <summary>The next stretch of output, valid until the next call; empty at the end of the stream. What came out before a failure comes first.</summary>
    /// <exception cref="ArchiveException">Damaged, Truncated.</exception>
    public ReadOnlyMemory<byte> Next()
    {
        if (_failure is not null) throw _failure;
        if (_end >= Limit)
        {
            _output.AsSpan(_end - WindowSize, WindowSize).CopyTo(_output);
            (_floor, _end) = (0, WindowSize);
        }

        int begin = _end;
        if (_block is BlockKind.Coded) AtCheckpoint?.Invoke();
        try
        {
            Unpack(begin);
        }
        catch (ArchiveException failed) when (_end > begin)
        {
            _failure = failed;
        }

        return _output.AsMemory(begin, _end - begin);
    }

    /// <summary>Until there is no more room, or nothing more to unpack.</summary>
    private void Unpack(int begin)
    {
        while (_end < Limit)
        {
            switch (_block)
            {
                case BlockKind.None when _isFinal:
                    return;
                case BlockKind.None:
                    if (AtCheckpoint is not null && _end > begin) return; // it is told when all before was handed out
                    AtCheckpoint?.Invoke();
                    BeginBlock();
                    break;
                case BlockKind.Stored:
                    ReadStored();
                    break;
                default:
                    Decode();
                    break;
            }
        }
    }

    private void BeginBlock()
    {
        _isFinal = input.Take(1) == 1;
        switch (input.Take(2))
        {
            case 0:
                input.Align();
                int length = input.ReadByte() | (input.ReadByte() << 8);
                int complement = input.ReadByte() | (input.ReadByte() << 8);
                if (length != (complement ^ 0xFFFF)) throw Damaged();
                _storedLeft = length;
                _block = length == 0 ? BlockKind.None : BlockKind.Stored;
                break;
            case 1:
                UseFixedCodes();
                _block = BlockKind.Coded;
                break;
            case 2:
                ReadCodes();
                _block = BlockKind.Coded;
                break;
            default:
                throw Damaged();
        }
    }

    /// <summary>RFC 1951 §3.2.7.</summary>
    private void ReadCodes()
    {
        int literals = input.Take(5) + FewestLiterals, distances = input.Take(5) + 1, lengths = input.Take(4) + 4;
        if (literals > 286 || distances > 30) throw Damaged();
        Span<byte> ofLengths = stackalloc byte[DeflateCodes.Lengths.Length];
        ofLengths.Clear();
        foreach (byte symbol in DeflateCodes.LengthOrder[..lengths]) ofLengths[symbol] = (byte)input.Take(3);
        if (!_lengths.TryBuild(ofLengths, DeflateCodes.Lengths, mayBeIncomplete: false)) throw Damaged();

        Span<byte> codeLengths = _codeLengths.AsSpan(0, literals + distances);
        for (int i = 0; i < codeLengths.Length;)
        {
            uint symbol = TakeSymbol(_lengths) >> 16;
            if (symbol < 16)
            {
                codeLengths[i++] = (byte)symbol;
                continue;
            }

            if (symbol == 16 && i == 0) throw Damaged();
            byte repeated = symbol == 16 ? codeLengths[i - 1] : (byte)0;
            int count = symbol switch { 16 => 3 + input.Take(2), 17 => 3 + input.Take(3), _ => 11 + input.Take(7) };
            if (count > codeLengths.Length - i) throw Damaged();
            codeLengths.Slice(i, count).Fill(repeated);
            i += count;
        }

        UseCodes(literals, distances);
    }

    private void UseFixedCodes()
    {
        if (_hasFixed) return;
        _literals.TryBuild(DeflateCodes.FixedLiterals(), DeflateCodes.Literals, mayBeIncomplete: false);
        _distances.TryBuild(DeflateCodes.FixedDistances(), DeflateCodes.Distances, mayBeIncomplete: false);
        _hasFixed = true;
    }

    private void UseCodes(int literals, int distances)
    {
        (_hasFixed, _literalCodes, _distanceCodes) = (false, literals, distances);
        ReadOnlySpan<byte> codeLengths = _codeLengths.AsSpan(0, literals + distances);
        if (codeLengths.ContainsAnyExceptInRange((byte)0, (byte)HuffmanTable.MostBits) || codeLengths[256] == 0
            || !_literals.TryBuild(codeLengths[..literals], DeflateCodes.Literals, mayBeIncomplete: true)
            || !_distances.TryBuild(codeLengths[literals..], DeflateCodes.Distances, mayBeIncomplete: true))
        {
            throw Damaged();
        }
    }

    private void ReadStored()
    {
        int count = Math.Min(_storedLeft, Limit - _end);
        input.Read(_output.AsSpan(_end, count));
        _end += count;
        _storedLeft -= count;
        if (_storedLeft == 0) _block = BlockKind.None;
    }

    /// <summary>Symbols until the block or the room ends.</summary>
    private void Decode()
    {
        while (_end < Limit && _block is BlockKind.Coded)
        {
            if (input.IsReadyForFast())
            {
                DecodeFast();
            }
            else
            {
                DecodeOne();
            }
        }
    }

    /// <summary>One symbol where the end of the input is near.</summary>
    private void DecodeOne()
    {
        uint entry = TakeSymbol(_literals);
        if ((entry & HuffmanTable.Literal) != 0)
        {
            _output[_end++] = (byte)(entry >> 16);
            return;
        }

        if ((entry & HuffmanTable.Special) != 0)
        {
            _block = BlockKind.None;
            return;
        }

        int length = (int)(entry >> 16) + input.Take((int)(entry >> 8) & 0x1F);
        entry = TakeSymbol(_distances);
        if ((entry & HuffmanTable.Special) != 0) throw Damaged();
        int distance = (int)(entry >> 16) + input.Take((int)(entry >> 8) & 0x1F);
        if (distance > _end - _floor) throw Damaged();
        Copy(ref MemoryMarshal.GetArrayDataReference(_output), _end, distance, length);
        _end += length;
    }

    /// <returns>The entry of the next symbol; the end of a block, but nothing invalid.</returns>
    private uint TakeSymbol(HuffmanTable table)
    {
        int count = input.Peek(HuffmanTable.MostBits, out ulong bits);
        uint entry = table.Entries[(int)bits & ((1 << table.Bits) - 1)];
        if ((entry & HuffmanTable.Second) != 0)
        {
            entry = table.Entries[(int)(entry >> 16) + ((int)(bits >> table.Bits) & table.SecondMask)];
        }

        int length = (int)(entry & 0xFF);
        if (length > count) throw BitInput.Truncated();
        if ((entry & ~0xFFu) == HuffmanTable.Invalid) throw count < HuffmanTable.MostBits ? BitInput.Truncated() : Damaged();
        input.Skip(length);
        return entry;
    }

    /// <summary>As many symbols as the input at hand certainly holds, without looking for its end.</summary>
    private void DecodeFast()
    {
        ReadOnlySpan<byte> buffer = input.Buffer;
        (int position, ulong bits, int count) = input.State;
        int lastPosition = buffer.Length - BitInput.FastBytes;
        ref byte output = ref MemoryMarshal.GetArrayDataReference(_output);
        ref uint literals = ref MemoryMarshal.GetArrayDataReference(_literals.Entries);
        ref uint distances = ref MemoryMarshal.GetArrayDataReference(_distances.Entries);
        int literalBits = _literals.Bits, literalSecond = _literals.SecondMask;
        int distanceBits = _distances.Bits, distanceSecond = _distances.SecondMask;
        ulong literalMask = (1ul << literalBits) - 1, distanceMask = (1ul << distanceBits) - 1;
        int end = _end, floor = _floor;

        // A step writes at most three literals and a match behind the limit, and the array has room for a match and more.
        while (position <= lastPosition && end < Limit - 3)
        {
            bits |= BitInput.Word(buffer, position) << count;
            position += (63 - count) >> 3;
            count |= 56;

            uint entry = Unsafe.Add(ref literals, (nint)(bits & literalMask));
            if ((entry & HuffmanTable.Literal) != 0)
            {
                bits >>= (int)(entry & 0xFF);
                count -= (int)(entry & 0xFF);
                Unsafe.Add(ref output, end++) = (byte)(entry >> 16);
                entry = Unsafe.Add(ref literals, (nint)(bits & literalMask));
                if ((entry & HuffmanTable.Literal) != 0)
                {
                    bits >>= (int)(entry & 0xFF);
                    count -= (int)(entry & 0xFF);
                    Unsafe.Add(ref output, end++) = (byte)(entry >> 16);
                    entry = Unsafe.Add(ref literals, (nint)(bits & literalMask));
                    if ((entry & HuffmanTable.Literal) != 0)
                    {
                        bits >>= (int)(entry & 0xFF);
                        count -= (int)(entry & 0xFF);
                        Unsafe.Add(ref output, end++) = (byte)(entry >> 16);
                        continue;
                    }
                }

                // Two literals took up to 22 bits; what follows may take 48.
                bits |= BitInput.Word(buffer, position) << count;
                position += (63 - count) >> 3;
                count |= 56;
            }

            if ((entry & HuffmanTable.Second) != 0)
            {
                entry = Unsafe.Add(ref literals, (nint)((entry >> 16) + ((uint)(bits >> literalBits) & (uint)literalSecond)));
            }

            int taken = (int)(entry & 0xFF);
            if ((entry & (HuffmanTable.Literal | HuffmanTable.Special)) != 0)
            {
                bits >>= taken;
                count -= taken;
                if ((entry & HuffmanTable.Literal) != 0)
                {
                    Unsafe.Add(ref output, end++) = (byte)(entry >> 16);
                    continue;
                }

                if (entry >> 16 != 0) throw Damaged();
                _block = BlockKind.None;
                break;
            }

            int extra = (int)(entry >> 8) & 0x1F;
            int length = (int)(entry >> 16) + (int)((bits >> taken) & ((1ul << extra) - 1));
            bits >>= taken + extra;
            count -= taken + extra;

            entry = Unsafe.Add(ref distances, (nint)(bits & distanceMask));
            if ((entry & HuffmanTable.Second) != 0)
            {
                entry = Unsafe.Add(ref distances, (nint)((entry >> 16) + ((uint)(bits >> distanceBits) & (uint)distanceSecond)));
            }

            taken = (int)(entry & 0xFF);
            extra = (int)(entry >> 8) & 0x1F;
            int distance = (int)(entry >> 16) + (int)((bits >> taken) & ((1ul << extra) - 1));
            bits >>= taken + extra;
            count -= taken + extra;
            if ((entry & HuffmanTable.Special) != 0 || distance > end - floor) throw Damaged();
            Copy(ref output, end, distance, length);
            end += length;
        }

        _end = end;
        input.State = (position, bits, count);
        if (end >= Limit - 3 && end < Limit && _block is BlockKind.Coded) DecodeOne();
    }

    /// <summary>Repeats what lies <paramref name="distance"/> bytes back, which may overlap what is written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(ref byte output, int end, int distance, int length)
    {
        ref byte to = ref Unsafe.Add(ref output, end);
        ref byte from = ref Unsafe.Add(ref to, -distance);
        if (distance >= 16)
        {
            int done = 0;
            do
            {
                Vector128.LoadUnsafe(ref from, (nuint)done).StoreUnsafe(ref to, (nuint)done);
                done += 16;
            }
            while (done < length);
        }
        else if (distance >= 8)
        {
            int done = 0;
            do
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, done), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, done)));
                done += 8;
            }
            while (done < length);
        }
        else if (distance == 1)
        {
            Unsafe.InitBlockUnaligned(ref to, from, (uint)length);
        }
        else
        {
            for (int i = 0; i < length; i++) Unsafe.Add(ref to, i) = Unsafe.Add(ref from, i);
        }
    }

    private static ArchiveException Damaged() => new(ArchiveFault.Damaged, "the archive is damaged: its compressed data makes no sense");
}
