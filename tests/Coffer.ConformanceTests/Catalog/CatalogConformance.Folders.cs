using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

public abstract partial class CatalogConformance
{
    private static readonly KeySort[] Sorts = [KeySort.Name, KeySort.CreatedAt, KeySort.UpdatedAt, KeySort.LastReadAt];

    [Fact]
    public async Task A_folder_sorts_among_the_files_as_its_name_with_a_slash()
    {
        Bucket bucket = await FilledAsync("a0.txt", "a/1", "a.txt", "a-b.txt", "B", "c/d/e", "c/d/f");
        FolderQuery all = new() { Bucket = bucket.Id, Limit = 100 };
        await ShowsAsync(all, "a-b.txt", "a.txt", "a/", "a0.txt", "B", "c/");
        await ShowsAsync(all with { Descending = true }, "c/", "B", "a0.txt", "a/", "a.txt", "a-b.txt");
        await ShowsAsync(all with { Offset = 2, Limit = 2 }, "a/", "a0.txt");
        await ShowsAsync(all with { Offset = 6 });
        await ShowsAsync(all with { Prefix = "C/", NameStart = 2 }, "d/");
        await ShowsAsync(all with { Prefix = "c/D", NameStart = 2 }, "d/");
        await ShowsAsync(all with { Prefix = "c/d/", NameStart = 2 }, "d/e", "d/f");
    }

    [Fact]
    public async Task By_a_time_folders_come_before_files_in_both_directions()
    {
        Bucket bucket = await FilledAsync("z", "b/1", "y", "a/1", "x");
        foreach (KeySort sort in Sorts.Where(sort => sort is not KeySort.Name))
        {
            FolderQuery all = new() { Bucket = bucket.Id, Limit = 100, Sort = sort };
            await ShowsAsync(all, "a/", "b/", "z", "y", "x");
            await ShowsAsync(all with { Descending = true }, "b/", "a/", "x", "y", "z");
            await ShowsAsync(all with { Offset = 1, Limit = 2 }, "b/", "z");
            await ShowsAsync(all with { Offset = 3, Limit = 2 }, "y", "x");
        }
    }

    [Fact]
    public async Task Letter_case_is_ignored_in_what_is_asked_for_and_kept_in_what_is_shown()
    {
        Bucket bucket = await FilledAsync("Docs/Plan", "docs/plan", "DOCS/sub/1", "docs/Sub/1", "docs/sub/2", "docsx", "docs@", "docs[", "Ä/1", "ä/1");
        FolderQuery all = new() { Bucket = bucket.Id, Limit = 100 };
        await ShowsAsync(all, "DOCS/", "Docs/", "docs/", "docs@", "docs[", "docsx", "Ä/", "ä/");
        await ShowsAsync(all with { Descending = true }, "ä/", "Ä/", "docsx", "docs[", "docs@", "docs/", "Docs/", "DOCS/");
        await ShowsAsync(all with { Prefix = "dOCS/", NameStart = 5 }, "Plan", "plan", "sub/", "Sub/", "sub/");
        await ShowsAsync(all with { Prefix = "docs@" }, "docs@");
        await ShowsAsync(all with { Prefix = "ä/", NameStart = 2 }, "1");
    }

    [Fact]
    public async Task What_is_not_complete_deleted_or_expired_is_in_no_folder()
    {
        Bucket bucket = await FilledAsync("a/kept", "b/deleted", "deleted");
        await CreateAsync(NewKeyed("c/uploading", bucket.Id));
        await Catalog.DeleteObjectAsync((await Catalog.FindObjectAsync(bucket.Id, "b/deleted", None))!.Id, None);
        await Catalog.DeleteObjectAsync((await Catalog.FindObjectAsync(bucket.Id, "deleted", None))!.Id, None);
        await PutAsync(NewKeyed("d/brief", bucket.Id) with { ExpiresAtMs = Catalog.NowMs + 1000 });
        await PutAsync(NewKeyed("brief", bucket.Id) with { ExpiresAtMs = Catalog.NowMs + 1000 });
        foreach (KeySort sort in Sorts)
        {
            Assert.Equal(4, (await Catalog.ListFolderAsync(new FolderQuery { Bucket = bucket.Id, Limit = 10, Sort = sort }, None)).Count(Is("a", "d", "brief")) + 1);
        }

        MoveClock(TimeSpan.FromSeconds(2));
        foreach (KeySort sort in Sorts)
        {
            await ShowsAsync(new FolderQuery { Bucket = bucket.Id, Limit = 10, Sort = sort }, "a/");
            SortedKeyPage page = await Catalog.ListSortedAsync(new SortedKeyQuery { Bucket = bucket.Id, Limit = 10, Sort = sort, Delimiter = "/" }, None);
            Assert.Equal(["a/"], page.Entries.Select(entry => entry.Name));
        }

        static Func<FolderEntry, bool> Is(params string[] names) => entry => names.Contains(entry.Name, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_filter_is_asked_before_folders_are_made_and_pages_are_cut()
    {
        Bucket bucket = await FilledAsync("a/mine", "a/theirs", "b/theirs", "mine", "theirs", "c/d/mine");
        RowFilter mine = new() { Shows = row => row.Key.EndsWith("mine", StringComparison.Ordinal) };
        foreach (KeySort sort in Sorts)
        {
            FolderQuery query = new() { Bucket = bucket.Id, Limit = 10, Sort = sort, Filter = mine };
            await ShowsAsync(query, "a/", "c/", "mine");
            await ShowsAsync(query with { Offset = 1, Limit = 1 }, "c/");
            await ShowsAsync(query with { Filter = mine with { Prefixes = ["a/", "b/"] } }, "a/");
            await ShowsAsync(query with { Filter = RowFilter.Nothing });
        }
    }

    [Fact]
    public async Task Lists_agree_with_a_plain_model()
    {
        var random = new Random(1969);
        string[] parts = ["a", "A", "b", "B", "ab", "/", "/", "//", "@", "[", "`", "ü", "\U0001F600", "\U0010FFFF", "\uD7FF", "\uE000", "\u007F", "\uFFFF", "Z", "0"];
        Bucket bucket = await AddBucketAsync("lists");
        var live = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        while (live.Count < 400)
        {
            string key = Some(1, 6);
            if (live.ContainsKey(key))
            {
                continue;
            }

            if (random.Next(3) == 0 || live.Keys.Any(other => string.Equals(other, key, StringComparison.OrdinalIgnoreCase)))
            {
                MoveClock(TimeSpan.FromMilliseconds(1)); // else several share a time
            }

            live.Add(key, await PutAsync(NewKeyed(key, bucket.Id), Inline("x")));
        }

        await ChangeSomeAsync();
        var model = new ListModel(live.Values);
        for (int round = 0; round < 1500; round++)
        {
            string prefix = random.Next(3) switch { 0 => "", 1 => Some(1, 1), _ => Some(1, 3) };
            FolderQuery query = new()
            {
                Bucket = bucket.Id,
                Prefix = prefix,
                NameStart = prefix.LastIndexOf('/') + 1,
                Sort = Sorts[random.Next(Sorts.Length)],
                Descending = random.Next(2) == 0,
                Offset = random.Next(3) == 0 ? 0 : random.Next(60),
                Limit = random.Next(1, 30),
                Filter = SomeFilter(),
            };
            List<(string, ObjectId?)> seen =
                [.. (await Catalog.ListFolderAsync(query, None)).Select(entry => (entry.Name, entry.Object?.Id))];
            Same(round, $"{query} {string.Join(',', query.Filter?.Prefixes ?? ["*"])}", model.Folder(query), seen);
        }

        for (int round = 0; round < 1500; round++)
        {
            SortedKeyQuery query = new()
            {
                Bucket = bucket.Id,
                Prefix = random.Next(3) switch { 0 => "", 1 => Some(1, 1), _ => Some(1, 3) },
                Sort = Sorts[random.Next(Sorts.Length)],
                Descending = random.Next(2) == 0,
                After = random.Next(2) == 0 ? null : new KeyCursor(Some(1, 4), live.Values.ElementAt(random.Next(live.Count)).KeyCreatedAtMs),
                Limit = random.Next(1, 20),
                Filter = SomeFilter(),
            };
            query = query with
            {
                Delimiter = random.Next(4) switch { 0 => null, 1 => "//", 2 => query.Sort is KeySort.Name ? "B" : "\U0010FFFF", _ => "/" },
            };
            List<(string, long?, ObjectId?)> seen = [];
            SortedKeyQuery next = query;
            SortedKeyPage page;
            do
            {
                page = await Catalog.ListSortedAsync(next, None);
                Assert.InRange(page.Entries.Count, page.HasMore ? query.Limit : 0, query.Limit);
                seen.AddRange(page.Entries.Select(entry => (entry.Name, entry.TimeMs, entry.Object?.Id)));
                next = query with { After = page.HasMore ? new KeyCursor(page.Entries[^1].Name, page.Entries[^1].TimeMs) : null };
            }
            while (page.HasMore);
            Same(round, $"{query} {string.Join(',', query.Filter?.Prefixes ?? ["*"])}", model.Keys(query), seen);
        }

        string Some(int least, int most) =>
            string.Concat(Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => parts[random.Next(parts.Length)]));

        RowFilter? SomeFilter()
        {
            int kept = random.Next(2, 5);
            Func<StoredObject, bool> shows = row => row.Key.Length % kept != 0;
            return random.Next(4) switch
            {
                0 => new RowFilter { Shows = shows },
                1 => new RowFilter { Shows = shows, Prefixes = Apart(Enumerable.Range(0, random.Next(4)).Select(_ => Some(1, 2))) },
                _ => null,
            };
        }

        async Task ChangeSomeAsync()
        {
            var reads = new Dictionary<ObjectId, long>();
            foreach (string key in live.Keys.ToList())
            {
                switch (random.Next(6))
                {
                    case 0:
                        MoveClock(TimeSpan.FromMilliseconds(random.Next(2)));
                        live[key] = await PutAsync(NewKeyed(key, bucket.Id), Inline("again"));
                        break;
                    case 1:
                        await Catalog.DeleteObjectAsync(live[key].Id, None);
                        live.Remove(key);
                        break;
                    case 2:
                        long readMs = Catalog.NowMs + random.Next(3);
                        reads.Add(live[key].Id, readMs);
                        live[key] = live[key] with { LastReadAtMs = readMs };
                        break;
                    default:
                        break;
                }
            }

            await Catalog.NoteUseAsync(new CoarseTimes(reads, []), None);
        }
    }

    /// <summary>In the order of their bytes, none the beginning of another.</summary>
    private static List<string> Apart(IEnumerable<string> prefixes)
    {
        List<string> all = [.. prefixes.Distinct(StringComparer.Ordinal).OrderBy(System.Text.Encoding.UTF8.GetBytes, ByteOrder)];
        return [.. all.Where(prefix => !all.Any(other => other != prefix && prefix.StartsWith(other, StringComparison.Ordinal)))];
    }

    private static void Same<T>(int round, string query, List<T> expected, List<T> seen) =>
        Assert.True(expected.SequenceEqual(seen), $"round {round}: {query}: expected {string.Join('|', expected)}, saw {string.Join('|', seen)}");

    private async Task<Bucket> FilledAsync(params string[] keys)
    {
        Bucket bucket = await AddBucketAsync("folders");
        foreach (string key in keys)
        {
            MoveClock(TimeSpan.FromMilliseconds(1));
            await PutAsync(NewKeyed(key, bucket.Id));
        }

        return bucket;
    }

    /// <param name="expected">Names; of folders with a slash, which the list leaves out.</param>
    private async Task ShowsAsync(FolderQuery query, params string[] expected) => Assert.Equal(
        expected,
        (await Catalog.ListFolderAsync(query, None)).Select(entry => entry.Object is null ? entry.Name + "/" : entry.Name));
}
