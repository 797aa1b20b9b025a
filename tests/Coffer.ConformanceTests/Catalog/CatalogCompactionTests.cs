using Coffer.Access;
using Coffer.Catalog.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>What is left of a catalog that could not be written anew.</summary>
public sealed class CatalogCompactionTests
{
    [Fact]
    public async Task A_damaged_catalog_is_left_as_it_is()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.File("catalog.db"));
        byte[] whole = await File.ReadAllBytesAsync(folder.File("catalog.db"));
        byte[] damaged = [.. whole];
        damaged.AsSpan(3 * 4096, 20 * 4096).Fill(0x5A);
        await File.WriteAllBytesAsync(folder.File("catalog.db"), damaged);
        await File.WriteAllTextAsync(folder.File("catalog.db.compact"), "of a run that was cut off");

        Assert.Throws<SqliteCatalogException>(() => CatalogCompaction.Run(folder.File("catalog.db"), NullLogger.Instance));

        Assert.Equal(damaged, await File.ReadAllBytesAsync(folder.File("catalog.db")));
        Assert.False(File.Exists(folder.File("catalog.db.compact")));
    }

    [Fact]
    public async Task Without_room_for_the_new_one_the_old_one_serves_on()
    {
        using TemporaryVolume? volume = TemporaryVolume.TryMount(4);
        Assert.SkipWhen(volume is null, "needs root to mount a small tmpfs");
        string path = volume.File("catalog.db");
        await MakeAsync(path);
        long room = new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace;
        await File.WriteAllBytesAsync(volume.File("filler"), new byte[room - (64 << 10)]);

        var refused = Assert.Throws<SqliteCatalogException>(() => CatalogCompaction.Run(path, NullLogger.Instance));

        Assert.Contains("is as it was", refused.Message, StringComparison.Ordinal);
        File.Delete(volume.File("filler"));
        await using SqliteCatalog catalog = await OpenAsync(path);
        Assert.NotNull(await catalog.FindAccountAsync("kept", CancellationToken.None));
    }

    [Fact]
    public async Task What_a_run_that_was_cut_off_left_goes_with_the_next_start()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder.File("catalog.db"));
        await File.WriteAllTextAsync(folder.File("catalog.db.compact"), "of a run that was cut off");

        await using SqliteCatalog catalog = await OpenAsync(folder.File("catalog.db"));

        Assert.False(File.Exists(folder.File("catalog.db.compact")));
        Assert.NotNull(await catalog.FindAccountAsync("kept", CancellationToken.None));
    }

    private static async Task MakeAsync(string path)
    {
        await using SqliteCatalog catalog = await OpenAsync(path);
        await catalog.AddAccountAsync(new Account { Name = "kept", CreatedAtMs = 1 }, CancellationToken.None);
    }

    private static async Task<SqliteCatalog> OpenAsync(string path) => await SqliteCatalog.OpenAsync(
        new SqliteCatalogOptions { Path = path, MinFreeBytes = 0 }, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
}
