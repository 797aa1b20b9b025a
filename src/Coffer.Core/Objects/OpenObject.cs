using System.Buffers;
using System.IO.Pipelines;
using Coffer.Blobs;
using Coffer.Catalog;

namespace Coffer.Objects;

/// <summary>An object whose bytes are at hand. Reads on after the object is deleted, until it is disposed.</summary>
public sealed class OpenObject(OpenedRow row, IBlobReader? first, IBlobStore blobs) : IDisposable
{
    public StoredObject Object => row.Object;

    public long SizeBytes => row.Object.SizeBytes ?? 0;

    /// <summary>Whether all bytes are in memory, found right: copying them cannot fail.</summary>
    public bool IsInMemory => row.Inline is not null;

    /// <summary>
    /// Copies a range into <paramref name="destination"/>. No byte is handed over before its block was found right; when the
    /// first block is wrong, nothing is.
    /// </summary>
    /// <returns>False when the destination's reader went away.</returns>
    /// <exception cref="StoreException">Corrupt.</exception>
    public async ValueTask<bool> CopyToAsync(PipeWriter destination, long offset, long count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, SizeBytes - offset);
        if (row.Inline is { } bytes)
        {
            bytes.Span.Slice((int)offset, (int)count).CopyTo(destination.GetSpan((int)count)); // one piece, not one a page
            destination.Advance((int)count);
            return !(await destination.FlushAsync(cancellationToken)).IsCompleted;
        }

        for (int i = 0; i < Object.Pieces.Count && count > 0; i++)
        {
            BlobPiece piece = Object.Pieces[i];
            if (offset >= piece.SizeBytes)
            {
                offset -= piece.SizeBytes;
                continue;
            }

            long part = Math.Min(count, piece.SizeBytes - offset);
            IBlobReader reader = i == 0 ? first! : await OpenPieceAsync(piece, cancellationToken);
            try
            {
                if (!await reader.CopyToAsync(destination, offset, part, cancellationToken))
                {
                    return false;
                }
            }
            finally
            {
                if (i > 0)
                {
                    reader.Dispose();
                }
            }

            offset = 0;
            count -= part;
        }

        return true;
    }

    public void Dispose()
    {
        first?.Dispose();
        row.Dispose();
    }

    private async ValueTask<IBlobReader> OpenPieceAsync(BlobPiece piece, CancellationToken cancellationToken) =>
        await blobs.OpenAsync(piece.Blob, cancellationToken)
            ?? throw new StoreException(StoreErrorCode.Corrupt, "a part of this object is missing from the store");
}
