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
        foreach (string key in keys)
        {
            await PutAsync(NewKeyed(key, bucket.Id));
        }

        await CreateAsync(NewKeyed("uploading", bucket.Id));
        await Catalog.FailObjectAsync((await CreateAsync(NewKeyed("failed", bucket.Id))).Id, etag: null, None);
        await Catalog.DeleteObjectAsync((await PutAsync(NewKeyed("deleted", bucket.Id))).Id, None);

        KeyPage page = await Catalog.ListKeysAsync(new KeyQuery { Bucket = bucket.Id, Limit = 100 }, None);
        Assert.Equal(keys.OrderBy(Encoding.UTF8.GetBytes, ByteOrder), page.Entries.Select(entry => entry.Key));
        Assert.All(page.Entries, entry => Assert.Equal(entry.Key, entry.Object!.Key));
        Assert.False(page.HasMore);
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
        await Catalog.DeleteObjectAsync((await Catalog.FindObjectAsync(bucket.Id, "d/e", None))!.Id, None);
        await Shows(new KeyQuery { Bucket = bucket.Id, Limit = 100, Delimiter = "/" }, "a", "a/", "a0", "b/");
        await Shows(new KeyQuery { Bucket = bucket.Id, Limit = 100, Delimiter = "/", Prefix = "a/" }, "a/1", "a/2/");
        await Shows(new KeyQuery { Bucket = bucket.Id, Limit = 100, Delimiter = "/", Prefix = "b/" }, "b/", "b/c");
        await Shows(new KeyQuery { Bucket = bucket.Id, Limit = 100, Delimiter = "/", After = "a/" }, "a0", "b/");
        await Shows(new KeyQuery { Bucket = bucket.Id, Limit = 100, Delimiter = "/", After = "b/" });
        await Shows(new KeyQuery { Bucket = bucket.Id, Limit = 100, After = "a/1" }, "a/2/3", "a0", "b/", "b/c");

        async Task Shows(KeyQuery query, params string[] expected) =>
            Assert.Equal(expected, (await Catalog.ListKeysAsync(query, None)).Entries.Select(entry => entry.Key));
    }

    [Fact]
    public async Task Key_pages_agree_with_a_plain_model()
    {
        var random = new Random(1969);
        string[] parts = ["a", "b", "/", "//", "ü", "\U0001F600", "\U0010FFFF", "\uD7FF", "\uE000", "\u007F", "\uFFFF", "Z", "0"];
        Bucket bucket = await AddBucketAsync("keys");
        var live = new Dictionary<string, ObjectId>(StringComparer.Ordinal);
        var puts = new List<Task<StoredObject>>();
        while (live.Count < 300)
        {
            string key = Some(1, 6);
            NewObject made = NewKeyed(key, bucket.Id);
            if (live.TryAdd(key, made.Id))
            {
                puts.Add(PutAsync(made));
            }
        }

        await Task.WhenAll(puts);
        for (int round = 0; round < 300; round++)
        {
            var query = new KeyQuery
            {
                Bucket = bucket.Id,
                Prefix = random.Next(3) == 0 ? "" : Some(1, 3),
                Delimiter = random.Next(4) switch { 0 => null, 1 => "//", 2 => "\U0010FFFF", _ => "/" },
                After = random.Next(2) == 0 ? null : Some(1, 4),
                Limit = random.Next(1, 20),
            };
            List<string> expected = Model(live.Keys, query);
            var seen = new List<string>();
            KeyPage page;
            do
            {
                page = await Catalog.ListKeysAsync(query with { After = seen.Count == 0 ? query.After : seen[^1] }, None);
                Assert.InRange(page.Entries.Count, page.HasMore ? query.Limit : 0, query.Limit);
                Assert.All(page.Entries, entry => Assert.Equal(entry.Object is null ? default : live[entry.Key], entry.Object?.Id ?? default));
                seen.AddRange(page.Entries.Select(entry => entry.Key));
            }
            while (page.HasMore);
            Assert.True(expected.SequenceEqual(seen), $"round {round}: {query}: expected {string.Join('|', expected)}, saw {string.Join('|', seen)}");
        }

        string Some(int least, int most) =>
            string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => parts[random.Next(parts.Length)]));
    }

    private static readonly Comparer<byte[]> ByteOrder = Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right));

    private static List<string> Model(IEnumerable<string> keys, KeyQuery query) =>
    [
        .. keys.Where(key => key.StartsWith(query.Prefix, StringComparison.Ordinal))
            .Select(key =>
            {
                int cut = query.Delimiter is null ? -1 : key.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
                return cut < 0 ? key : key[..(cut + query.Delimiter!.Length)];
            })
            .Distinct(StringComparer.Ordinal)
            .OrderBy(Encoding.UTF8.GetBytes, ByteOrder)
            .Where(entry => query.After is null || ByteOrder.Compare(Encoding.UTF8.GetBytes(entry), Encoding.UTF8.GetBytes(query.After)) > 0),
    ];
}
