using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>What still works when the volume is full, or below its reserve.</summary>
public sealed partial class SqliteFaultTests
{
    [Fact]
    public async Task On_a_full_volume_reads_and_deletes_go_on_and_writes_resume_when_there_is_room()
    {
        using TemporaryVolume? volume = TemporaryVolume.TryMount(sizeMiB: 40);
        Assert.SkipWhen(volume is null, "needs root to mount a small tmpfs");
        string ballast = volume.File("ballast");
        await _catalog.DisposeAsync();
        await OpenAsync(new SqliteCatalogOptions { Path = volume.File("catalog.db"), BallastPath = ballast, MinFreeBytes = 64 * 1024 });
        Assert.InRange(new FileInfo(ballast).Length, 1 << 20, 4 << 20);

        List<StoredObject> made = [];
        for (int n = 0; n < 40; n++)
        {
            made.Add(await PutAsync(new byte[20_000]));
        }

        await ReopenAsync(new SqliteCatalogOptions { Path = volume.File("catalog.db"), BallastPath = ballast, MinFreeBytes = 64 * 1024 });
        volume.Fill();
        StoreException full = await Assert.ThrowsAsync<StoreException>(() => PutAsync(new byte[20_000]));
        Assert.Equal(StoreErrorCode.OutOfSpace, full.Code);
        full = await Assert.ThrowsAsync<StoreException>(() => _catalog.SettleAsync("small", new byte[20_000], None)); // meets it in SQLite
        Assert.Equal(StoreErrorCode.OutOfSpace, full.Code);
        Assert.Equal(20_000, (await ReadAsync(made[1].Id))!.Length);
        Assert.True(File.Exists(ballast));
        foreach (StoredObject one in made)
        {
            Assert.True((await _catalog.DeleteObjectAsync(one.Id, None)).Happened);
        }

        Assert.False(File.Exists(ballast));
        Assert.False(_catalog.Failed.IsCompleted);
        volume.Empty();
        StoredObject after = await PutAsync("room again"u8.ToArray());
        Assert.Equal("room again", await ReadAsync(after.Id));
        await ReopenAsync(new SqliteCatalogOptions { Path = volume.File("catalog.db"), BallastPath = ballast, MinFreeBytes = 64 * 1024 });
        Assert.True(File.Exists(ballast));
        await _catalog.DisposeAsync();
    }

    [Fact]
    public async Task On_a_volume_that_became_full_after_a_clean_end_it_starts_with_the_ballasts_room()
    {
        using TemporaryVolume? volume = TemporaryVolume.TryMount(sizeMiB: 40);
        Assert.SkipWhen(volume is null, "needs root to mount a small tmpfs");
        var options = new SqliteCatalogOptions
        {
            Path = volume.File("catalog.db"), BallastPath = volume.File("ballast"), MinFreeBytes = 64 * 1024,
        };
        await _catalog.DisposeAsync();
        await OpenAsync(options);
        StoredObject one = await PutAsync(new byte[20_000]);
        StoredObject other = await PutAsync(new byte[20_000]);
        await _catalog.DisposeAsync();
        Assert.False(File.Exists(options.Path + "-shm")); // so that it has to be made again

        volume.Fill();
        await OpenAsync(options);

        Assert.False(File.Exists(options.BallastPath));
        Assert.Equal(20_000, (await ReadAsync(one.Id))!.Length);
        Assert.True((await _catalog.DeleteObjectAsync(other.Id, None)).Happened);
        volume.Empty();
        await ReopenAsync(options);
        Assert.True(File.Exists(options.BallastPath));
        await _catalog.DisposeAsync();
    }

    [Theory]
    [InlineData("copy"), InlineData("create"), InlineData("metadata")]
    public async Task What_brings_no_bytes_is_refused_below_the_reserve_too_and_deletes_go_on(string way)
    {
        const long reserve = 16 << 20;
        using TemporaryVolume? volume = TemporaryVolume.TryMount(sizeMiB: 64);
        Assert.SkipWhen(volume is null, "needs root to mount a small tmpfs");
        await _catalog.DisposeAsync();
        await OpenAsync(new SqliteCatalogOptions { Path = volume.File("catalog.db"), BallastPath = volume.File("ballast"), MinFreeBytes = reserve });
        StoredObject source = await PutAsync(new byte[48_000]);
        var metadata = ObjectMetadata.FromStored($$"""{"a":"{{new string('m', 100_000)}}"}""");
        List<ObjectId> made = [source.Id];
        StoreException? refused = null;
        while (refused is null && made.Count < 2000)
        {
            try
            {
                NewObject next = New();
                made.Add(way switch
                {
                    "copy" => (await _catalog.CopyObjectAsync(source.Id, next, None))!.Id,
                    "create" => (await _catalog.CreateObjectAsync(next with { Metadata = metadata }, once: null, None)).Object.Id,
                    _ => (await _catalog.UpdateObjectAsync((await PutAsync([1])).Id, new ObjectChange { Metadata = metadata }, None)).Object!.Id,
                });
            }
            catch (StoreException full)
            {
                refused = full;
            }
        }

        Assert.Equal(StoreErrorCode.OutOfSpace, refused?.Code);
        Assert.InRange(new DriveInfo(volume.File(".")).AvailableFreeSpace, reserve / 2, long.MaxValue);
        Assert.True(File.Exists(volume.File("ballast")));
        foreach (ObjectId id in made)
        {
            Assert.True((await _catalog.DeleteObjectAsync(id, None)).Happened);
        }

        await _catalog.DisposeAsync();
    }
}
