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
    public async Task A_folder_s_files_come_without_their_metadata()
    {
        Bucket bucket = await AddBucketAsync("large");
        List<StoredObject> made = await PutLargeAsync(bucket.Id, 3);
        var visible = new RowFilter { Shows = static found => found.Metadata is not null };
        foreach (KeySort sort in Sorts)
        {
            foreach (RowFilter? filter in (RowFilter?[])[null, visible])
            {
                IReadOnlyList<FolderEntry> found = await Catalog.ListFolderAsync(
                    new FolderQuery { Bucket = bucket.Id, Limit = 100, Sort = sort, Filter = filter }, None);
                Assert.Equal(made.Select(ListedObject.Of), found.Select(entry => entry.Object));
            }
        }
    }

    [Fact]
    public async Task What_is_not_complete_deleted_or_expired_is_in_no_folder()
    {
        Bucket bucket = await FilledAsync("a/kept", "b/deleted", "deleted");
        await CreateAsync(NewKeyed("c/uploading", bucket.Id));
        await Catalog.DeleteObjectAsync((await FindAsync(bucket.Id, "b/deleted"))!.Id, None);
        await Catalog.DeleteObjectAsync((await FindAsync(bucket.Id, "deleted"))!.Id, None);
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
        var random = new RandomLists(1969);
        Bucket bucket = await AddBucketAsync("lists");
        var model = new ListModel(await random.FillAsync(Catalog, NewKeyed("", bucket.Id), MoveClock));
        for (int round = 0; round < 1500; round++)
        {
            FolderQuery query = random.FolderQuery(bucket.Id);
            IReadOnlyList<FolderEntry> seen = await Catalog.ListFolderAsync(query, None);
            RandomLists.Same(query, model.Folder(query), [.. seen.Select(entry => (entry.Name, entry.Object?.Id))]);
        }

        for (int round = 0; round < 1500; round++)
        {
            SortedKeyQuery query = random.KeyQuery(bucket.Id);
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
            RandomLists.Same(query, model.Keys(query), seen);
        }
    }

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
