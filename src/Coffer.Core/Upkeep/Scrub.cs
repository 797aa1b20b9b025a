using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Coffer.Blobs;
using Coffer.Catalog;
using Coffer.Objects;
using Microsoft.Extensions.Logging;

namespace Coffer.Upkeep;

/// <summary>Reads everything that is stored, slowly, so that damage is found before somebody needs the bytes.</summary>
public sealed class Scrub(ICatalog catalog, IBlobStore blobs, TimeProvider time, ILogger<Scrub> logger)
{
    private const int Turn = 64;
    private static readonly Meter Meter = new("Coffer.Upkeep");

    private readonly Counter<long> _bad = Meter.CreateCounter<long>(
        "coffer.scrub.failures", "{content}", "Contents that a scrub found damaged or missing");

    /// <summary>Checks every blob and every inline content once.</summary>
    /// <param name="bytesPerSecond">Pace; 0 for as fast as it goes.</param>
    public async Task<ScrubReport> RunAsync(long bytesPerSecond, CancellationToken cancellationToken)
    {
        var pace = new Pace(time, bytesPerSecond);
        ScrubReport report = await CheckInlineAsync(pace, cancellationToken) + await CheckBlobsAsync(pace, cancellationToken);
        Log.Scrubbed(logger, report.Contents, report.SizeBytes, report.Bad);
        return report;
    }

    private async Task<ScrubReport> CheckInlineAsync(Pace pace, CancellationToken cancellationToken)
    {
        var report = new ScrubReport();
        long? after = 0;
        while (after is not null)
        {
            InlineCheck check = await catalog.CheckInlineAsync(after.Value, Turn, cancellationToken);
            report += new ScrubReport(check.Contents, check.SizeBytes, check.Bad);
            _bad.Add(check.Bad);
            after = check.Last;
            await pace.WaitAsync(check.SizeBytes, cancellationToken);
        }

        return report;
    }

    private async Task<ScrubReport> CheckBlobsAsync(Pace pace, CancellationToken cancellationToken)
    {
        var report = new ScrubReport();
        BlobId? after = null;
        while (true)
        {
            IReadOnlyList<BlobPiece> batch = await catalog.ListBlobsAsync(after, Turn, cancellationToken);
            if (batch.Count == 0)
            {
                return report;
            }

            foreach (BlobPiece piece in batch)
            {
                bool good = await IsGoodAsync(piece, cancellationToken);
                if (!good)
                {
                    _bad.Add(1);
                    Log.ScrubFoundDamage(logger, piece.Blob);
                }

                report += new ScrubReport(1, piece.SizeBytes, good ? 0 : 1);
                await pace.WaitAsync(piece.SizeBytes, cancellationToken);
            }

            after = batch[^1].Blob;
        }
    }

    private async Task<bool> IsGoodAsync(BlobPiece piece, CancellationToken cancellationToken)
    {
        try
        {
            using IBlobReader? reader = await blobs.OpenAsync(piece.Blob, cancellationToken);
            return reader is null
                ? !await IsReferredToAsync(piece.Blob, cancellationToken) // it may have been deleted since the listing
                : reader.SizeBytes == piece.SizeBytes
                    && await reader.CopyToAsync(PipeWriter.Create(Stream.Null), 0, reader.SizeBytes, cancellationToken);
        }
        catch (StoreException damaged) when (damaged.Code is StoreErrorCode.Corrupt)
        {
            return false;
        }
    }

    private async ValueTask<bool> IsReferredToAsync(BlobId id, CancellationToken cancellationToken) =>
        await catalog.ListBlobsAsync(Before(id), 1, cancellationToken) is [{ } next] && next.Blob == id;

    private static BlobId? Before(BlobId id) => id.Value == 0 ? null : new BlobId(id.Value - 1);

    /// <summary>Spreads reading over time.</summary>
    private sealed class Pace(TimeProvider time, long bytesPerSecond)
    {
        private readonly long _start = time.GetTimestamp();
        private long _read;

        public async ValueTask WaitAsync(long sizeBytes, CancellationToken cancellationToken)
        {
            _read += sizeBytes;
            if (bytesPerSecond > 0)
            {
                TimeSpan ahead = TimeSpan.FromSeconds((double)_read / bytesPerSecond) - time.GetElapsedTime(_start);
                if (ahead > TimeSpan.FromMilliseconds(10))
                {
                    await Task.Delay(ahead, time, cancellationToken);
                }
            }
        }
    }
}

/// <param name="Contents">How many contents were checked.</param>
/// <param name="SizeBytes">How many bytes they have.</param>
/// <param name="Bad">How many are damaged or missing.</param>
public readonly record struct ScrubReport(long Contents, long SizeBytes, long Bad)
{
    public static ScrubReport operator +(ScrubReport left, ScrubReport right) =>
        new(left.Contents + right.Contents, left.SizeBytes + right.SizeBytes, left.Bad + right.Bad);
}
