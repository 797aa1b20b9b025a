using Coffer.Access;
using Coffer.Catalog;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Core;

/// <summary>When objects were read is noted for some of very many.</summary>
public sealed class CoarseUseTests
{
    [Fact]
    public async Task Of_very_many_reads_some_are_noted_until_they_are_written_back()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        byte[] bytes = [1];
        StoredObject early = await store.StoreAsync(bytes), late = await store.StoreAsync(bytes);
        var use = new CoarseUse(store.Catalog);
        use.ObjectRead(early.Id);
        for (int i = 1; i < 100_000; i++)
        {
            use.ObjectRead(new ObjectId((UInt128)i));
            use.ObjectRead(early.Id); // again: it counts once
        }

        use.ObjectRead(late.Id);
        await use.WriteBackAsync(CancellationToken.None);
        Assert.NotNull((await store.Catalog.FindObjectAsync(early.Id, CancellationToken.None))!.LastReadAtMs);
        Assert.Null((await store.Catalog.FindObjectAsync(late.Id, CancellationToken.None))!.LastReadAtMs);

        use.ObjectRead(late.Id);
        await use.WriteBackAsync(CancellationToken.None);
        Assert.NotNull((await store.Catalog.FindObjectAsync(late.Id, CancellationToken.None))!.LastReadAtMs);
    }
}
