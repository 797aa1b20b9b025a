using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Catalog;

public sealed class SqliteCatalogTests : CatalogConformance
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    private SqliteCatalog Sqlite => (SqliteCatalog)Catalog;

    protected override async Task<ICatalog> OpenAsync() => await SqliteCatalog.OpenAsync(
        new SqliteCatalogOptions { Path = _folder.File("catalog.db"), MinFreeBytes = 0 }, NullLoggerFactory.Instance, _clock, None);

    protected override void MoveClock(TimeSpan by) => _clock.Move(by);

    protected override async Task<IReadOnlyList<(ObjectState State, long Objects, long SizeBytes)>> TotalsAsync() =>
        [.. (await Sqlite.TotalsAsync(None)).Select(total => (total.State, total.Objects, total.SizeBytes))];

    protected override async Task<(long Released, long Expired)> QueueLengthsAsync()
    {
        QueueLengths lengths = await Sqlite.QueueLengthsAsync(None);
        return (lengths.Released, lengths.Expired);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
