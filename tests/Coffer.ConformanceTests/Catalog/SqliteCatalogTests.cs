using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Catalog;

public sealed class SqliteCatalogTests : CatalogConformance
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    protected override async Task<ICatalog> OpenAsync() => await SqliteCatalog.OpenAsync(
        new SqliteCatalogOptions { Path = _folder.File("catalog.db"), MinFreeBytes = 0 }, NullLoggerFactory.Instance, _clock, None);

    protected override void MoveClock(TimeSpan by) => _clock.Move(by);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
