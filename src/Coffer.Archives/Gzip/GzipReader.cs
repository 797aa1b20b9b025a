namespace Coffer.Archives.Gzip;

/// <summary>
/// Unpacks gzip (RFC 1952), any number of members one after the other. Each member's checksum and size are verified when its end is
/// reached: what came out is known to be right once the end was reported.
/// </summary>
internal sealed class GzipReader : BlockingStream
{
    private const int HeaderChecksum = 0x02, ExtraField = 0x04, FileName = 0x08, Comment = 0x10, Reserved = 0xE0;
    private readonly ArchiveLimits _limits;
    private readonly BitInput _input;
    private readonly Inflater _inflater;
    private ReadOnlyMemory<byte> _rest;
    private bool _isInMember;
    private bool _isVerified = true; // not of the member in whose middle reading began
    private bool _ended;
    private uint _crc;
    private uint _memberBytes;
    private long _bytesOut;

    /// <param name="source">The compressed archive. Reading it may block; it is not disposed.</param>
    public GzipReader(Stream source, ArchiveLimits limits)
    {
        _limits = limits;
        _input = new BitInput(source, sourceOffset: 0);
        _inflater = new Inflater(_input);
    }

    /// <summary>Goes on from somewhere in an archive. The member that lies there is not verified: only its end is read.</summary>
    /// <param name="source">Stands at the byte that holds the checkpoint's first bit.</param>
    /// <param name="window">What came out before, as far back as the member and <see cref="Inflater.WindowSize"/> reach.</param>
    /// <param name="state">The inflater's state there.</param>
    public GzipReader(Stream source, ArchiveLimits limits, GzipCheckpoint from, ReadOnlySpan<byte> window, ReadOnlySpan<byte> state)
    {
        _limits = limits;
        _input = new BitInput(source, from.BitOffset / 8);
        _inflater = new Inflater(_input);
        _bytesOut = from.Offset;
        _input.Take((int)(from.BitOffset % 8));
        _inflater.Start(window, state);
        _isInMember = true;
        _isVerified = false;
    }

    /// <summary>Told at each place from where reading can begin anew; the inflater has the window.</summary>
    public Action<GzipCheckpoint, Inflater>? AtCheckpoint
    {
        set => _inflater.AtCheckpoint = value is null ? null : () => value(new GzipCheckpoint(_input.BitOffset, _bytesOut), _inflater);
    }

    /// <summary>Disposed with this; null when it is the caller's.</summary>
    public Stream? Source { get; init; }

    /// <summary>How many bytes came out.</summary>
    public long BytesOut => _bytesOut;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        if (_rest.IsEmpty)
        {
            _rest = Next();
        }

        int count = Math.Min(buffer.Length, _rest.Length);
        _rest.Span[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    /// <summary>The next stretch, valid until the next call; empty at the end. Not to be mixed with <see cref="Read(Span{byte})"/>.</summary>
    /// <exception cref="ArchiveException">NotAnArchive, Truncated, Damaged, TooLarge.</exception>
    public ReadOnlyMemory<byte> Next()
    {
        while (!_ended)
        {
            if (!_isInMember && !TryBeginMember())
            {
                _ended = true;
                break;
            }

            ReadOnlyMemory<byte> stretch = _inflater.Next();
            if (stretch.IsEmpty) // all of the member came out
            {
                EndMember();
                continue;
            }

            if (_isVerified) _crc = Crc32.Append(_crc, stretch.Span);
            _memberBytes += (uint)stretch.Length;
            _bytesOut += stretch.Length;
            CheckExpansion();
            return stretch;
        }

        return default;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Source?.Dispose();
        base.Dispose(disposing);
    }

    private bool TryBeginMember()
    {
        bool isFirst = _input.BitOffset == 0;
        int first = _input.TryReadByte();
        if (first < 0)
        {
            return isFirst ? throw NotGzip() : false;
        }

        if (!isFirst && first == 0)
        {
            return RequireZeros();
        }

        int second = _input.TryReadByte();
        if (first != 0x1F || second != 0x8B)
        {
            throw isFirst ? NotGzip()
                : first == 0x1F && second < 0 ? BitInput.Truncated()
                : Damaged("what follows its last member is no gzip");
        }

        int method = _input.ReadByte(), flags = _input.ReadByte();
        if (method != 8 || (flags & Reserved) != 0) throw Damaged("its gzip header is of a kind that is not known");
        for (int i = 0; i < 6; i++) _ = _input.ReadByte(); // time, compression, system
        if ((flags & ExtraField) != 0)
        {
            for (int left = _input.ReadByte() | (_input.ReadByte() << 8); left > 0; left--) _ = _input.ReadByte();
        }

        if ((flags & FileName) != 0) SkipText();
        if ((flags & Comment) != 0) SkipText();
        if ((flags & HeaderChecksum) != 0)
        {
            _ = _input.ReadByte();
            _ = _input.ReadByte();
        }

        _inflater.Start([], []);
        (_crc, _memberBytes, _isInMember, _isVerified) = (0, 0, true, true);
        return true;
    }

    private void SkipText()
    {
        while (_input.ReadByte() != 0)
        {
        }
    }

    /// <summary>Tapes were filled up with zeros; that is all that may follow.</summary>
    private bool RequireZeros()
    {
        while (_input.TryReadByte() is var next && next >= 0)
        {
            if (next != 0) throw Damaged("what follows its last member is no gzip");
        }

        return false;
    }

    private void EndMember()
    {
        _input.Align();
        uint crc = ReadNumber(), size = ReadNumber();
        if (_isVerified && (crc != _crc || size != _memberBytes)) throw Damaged("its content does not match its checksum");
        _isInMember = false;
    }

    private uint ReadNumber() => (uint)(_input.ReadByte() | (_input.ReadByte() << 8) | (_input.ReadByte() << 16) | (_input.ReadByte() << 24));

    private void CheckExpansion()
    {
        if (_bytesOut > _limits.UnratedBytes && _bytesOut / _limits.ExpansionRatio > _input.BitOffset / 8)
        {
            throw new ArchiveException(
                ArchiveFault.TooLarge, $"the archive expands more than {_limits.ExpansionRatio} times, which is taken for a bomb");
        }
    }

    private static ArchiveException NotGzip() => new(ArchiveFault.NotAnArchive, "this is no gzip archive");

    private static ArchiveException Damaged(string how) => new(ArchiveFault.Damaged, $"the archive is damaged: {how}");
}
