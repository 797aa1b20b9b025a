using System.Text;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task Keys_come_in_the_order_of_their_bytes_and_only_complete_ones()
    {
        Bucket bucket = await AddBucketAsync("keys");
        string[] keys = ["b", "a/1", "a", "ü", "\uFFFD", "\U0001F600", "\U0010FFFF", "Z", " ", "a/2"];
        var made = new List<StoredObject>();
        foreach (string key in keys)
        {
            made.Add(await PutAsync(NewKeyed(key, bucket.Id)));
        }

        await CreateAsync(NewKeyed("uploading", bucket.Id));
        await Catalog.FailObjectAsync((await CreateAsync(NewKeyed("failed", bucket.Id))).Id, etag: null, None);
        await Catalog.DeleteObjectAsync((await PutAsync(NewKeyed("deleted", bucket.Id))).Id, None);

        SortedKeyPage page = await Catalog.ListSortedAsync(new SortedKeyQuery { Bucket = bucket.Id, Limit = 100 }, None);
        Assert.Equal(keys.OrderBy(Encoding.UTF8.GetBytes, ByteOrder), page.Entries.Select(entry => entry.Name));
        Assert.Equal(made.OrderBy(one => Encoding.UTF8.GetBytes(one.Key), ByteOrder).Select(ListedObject.Of), page.Entries.Select(entry => entry.Object));
        Assert.False(page.HasMore);
    }

    [Fact]
    public async Task Keys_of_one_time_come_by_name_whichever_folders_they_are_in()
    {
        Bucket bucket = await AddBucketAsync("keys");
        long nowMs = Catalog.NowMs;
        foreach (string key in (string[])["z1", "z2", "z3", "z4", "b/1", "a/2", "a/1", "c/d/1"])
        {
            await PutAsync(NewKeyed(key, bucket.Id) with { Id = ObjectId.Make(nowMs) });
        }

        SortedKeyQuery query = new() { Bucket = bucket.Id, Limit = 1, Sort = KeySort.CreatedAt };
        await Shows(query, "a/1");
        await Shows(query with { Limit = 3 }, "a/1", "a/2", "b/1");
        await Shows(query with { Limit = 3, Descending = true }, "z4", "z3", "z2");
        await Shows(query with { Delimiter = "/" }, "a/");
        await Shows(query with { Delimiter = "/", Limit = 4 }, "a/", "b/", "c/", "z1");

        async Task Shows(SortedKeyQuery wanted, params string[] expected) =>
            Assert.Equal(expected, (await Catalog.ListSortedAsync(wanted, None)).Entries.Select(entry => entry.Name));
    }

    [Fact]
    public async Task A_folder_shows_once_and_only_when_something_in_it_does()
    {
        Bucket bucket = await AddBucketAsync("keys");
        foreach (string key in (string[])["a", "a/1", "a/2/3", "a0", "b/", "b/c", "d/e"])
        {
            await PutAsync(NewKeyed(key, bucket.Id));
        }

        await CreateAsync(NewKeyed("e/uploading", bucket.Id));
        await Catalog.DeleteObjectAsync((await FindAsync(bucket.Id, "d/e"))!.Id, None);
        await Shows(new SortedKeyQuery { Bucket = bucket.Id, Limit = 100, Delimiter = "/" }, "a", "a/", "a0", "b/");
        await Shows(new SortedKeyQuery { Bucket = bucket.Id, Limit = 100, Delimiter = "/", Prefix = "a/" }, "a/1", "a/2/");
        await Shows(new SortedKeyQuery { Bucket = bucket.Id, Limit = 100, Delimiter = "/", Prefix = "b/" }, "b/", "b/c");
        await Shows(new SortedKeyQuery { Bucket = bucket.Id, Limit = 100, Delimiter = "/", After = new KeyCursor("a/", TimeMs: null) }, "a0", "b/");
        await Shows(new SortedKeyQuery { Bucket = bucket.Id, Limit = 100, Delimiter = "/", After = new KeyCursor("b/", TimeMs: null) });
        await Shows(new SortedKeyQuery { Bucket = bucket.Id, Limit = 100, After = new KeyCursor("a/1", TimeMs: null) }, "a/2/3", "a0", "b/", "b/c");

        async Task Shows(SortedKeyQuery query, params string[] expected) =>
            Assert.Equal(expected, (await Catalog.ListSortedAsync(query, None)).Entries.Select(entry => entry.Name));
    }

    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));
}
