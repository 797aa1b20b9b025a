using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Blobs.Disk;

/// <summary>Copies content into a staged file: 256 KiB a write, a CRC for each block, room taken a little ahead.</summary>
internal sealed class BlobFileWriter : IDisposable
{
    private const int BufferSize = 256 << 10;
    private const long SmallStep = 8 << 20;
    private const long LargeStep = 64 << 20;

    private readonly SafeFileHandle _file;
    private readonly VolumeSpace _space;
    private readonly BlockDigest _digest;
    private readonly IncrementalHash? _md5;
    private readonly long _start;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _buffered;
    private long _position;
    private long _covered; // room up to here was checked, and beyond the first step taken
    private bool _preallocated;

    /// <param name="digest">Begins where the first byte goes.</param>
    public BlobFileWriter(SafeFileHandle file, VolumeSpace space, BlockDigest digest, BlobDigests digests = BlobDigests.None)
    {
        _file = file;
        _space = space;
        _digest = digest;
        _start = _position = digest.SizeBytes;
        _covered = _start + SmallStep;
        _md5 = digests.HasFlag(BlobDigests.Md5) ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
    }

    /// <summary>Copies to the end of the content.</summary>
    /// <exception cref="StoreException">TooLarge, ContentTruncated or OutOfSpace.</exception>
    public async Task CopyAsync(PipeReader content, BlobWrite write, CancellationToken cancellationToken)
    {
        long received = 0;
        for (bool ended = false; !ended;)
        {
            ReadResult read = await content.ReadAsync(cancellationToken);
            try
            {
                if (read.IsCanceled) throw new OperationCanceledException(cancellationToken);
                received += read.Buffer.Length;
                if (received > write.MaxBytes) throw write.TooLarge();
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                {
                    Take(segment.Span, write.Length);
                }

                ended = read.IsCompleted;
            }
            finally
            {
                content.AdvanceTo(read.Buffer.End); // also when failing: the rest of the request is still to be drained
            }
        }

        if (received < write.Length)
        {
            throw new StoreException(StoreErrorCode.ContentTruncated, $"the body ended after {received} of {write.Length} bytes");
        }
    }

    /// <summary>Writes what is still buffered and gives back the room that was taken ahead.</summary>
    public void Finish()
    {
        WriteBuffer();
        Trim();
    }

    /// <summary>Ends the file as a blob: the last bytes, the table, the footer.</summary>
    public BlobReceipt FinishBlob()
    {
        _digest.Append(Buffered);
        _md5?.AppendData(Buffered);
        long size = _digest.SizeBytes;
        ReadOnlySpan<uint> crcs = _digest.Crcs();
        int end = BlobFile.EndSize(crcs.Length);
        if (_buffered + end <= BufferSize)
        {
            BlobFile.MakeEnd(_buffer.AsSpan(_buffered), size, crcs);
            RandomAccess.Write(_file, _buffer.AsSpan(0, _buffered + end), _position);
        }
        else
        {
            RandomAccess.Write(_file, Buffered, _position);
            WriteEnd(_file, size, crcs);
        }

        _position = size + end;
        _buffered = 0;
        Trim();
        return new BlobReceipt(size, _md5?.GetHashAndReset());
    }

    public static void WriteEnd(SafeFileHandle file, long size, ReadOnlySpan<uint> crcs)
    {
        byte[] end = new byte[BlobFile.EndSize(crcs.Length)];
        BlobFile.MakeEnd(end, size, crcs);
        RandomAccess.Write(file, end, size);
    }

    public void Dispose()
    {
        _md5?.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private ReadOnlySpan<byte> Buffered => _buffer.AsSpan(0, _buffered);

    /// <summary>Where the buffer is full: writes end at multiples of its size, so blocks are seen whole after a resumed start.</summary>
    private int Capacity => BufferSize - (int)(_position % BufferSize);

    private void Take(ReadOnlySpan<byte> bytes, long? announced)
    {
        while (!bytes.IsEmpty)
        {
            if (_buffered == Capacity)
            {
                CoverNext(announced);
                WriteBuffer();
            }

            int taken = Math.Min(Capacity - _buffered, bytes.Length);
            bytes[..taken].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += taken;
            bytes = bytes[taken..];
        }
    }

    private void WriteBuffer()
    {
        RandomAccess.Write(_file, Buffered, _position);
        _digest.Append(Buffered);
        _md5?.AppendData(Buffered);
        _position += _buffered;
        _buffered = 0;
        if (_position >= SmallStep && _position % SmallStep == 0)
        {
            // The device works while the rest is on its way, and the final sync finds little left to do.
            NativeFile.StartWriteBack(_file, _position - SmallStep, SmallStep);
        }
    }

    /// <summary>Looks at the room before each step, and takes it: never more than was received, whatever was announced.</summary>
    private void CoverNext(long? announced)
    {
        if (_position + _buffered <= _covered) return;

        long received = _covered - _start;
        bool plenty = _space.FreeBytes - _space.ReserveBytes > 4 * LargeStep;
        long step = plenty ? Math.Clamp(received, SmallStep, LargeStep) : SmallStep;
        if (announced > received) step = Math.Min(step, announced.Value - received);
        _space.Check(step);
        NativeFile.Preallocate(_file, _covered, step);
        _preallocated = true;
        _covered += step;
    }

    private void Trim()
    {
        if (_preallocated && _covered > _position) RandomAccess.SetLength(_file, _position);
    }
}
