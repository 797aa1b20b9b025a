using Coffer.Client;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>Pages, and listings that fetch page after page.</summary>
public sealed class ListTests(SharedServer server) : IAsyncLifetime
{
    private const int Count = 23;
    private readonly List<string> _ids = [];
    private Api _api = server.Api;
    private CofferClient? _coffer;

    private CofferClient Coffer => _coffer!;

    /// <summary>Objects newest first, as lists show them; every third has another name and class, and is public.</summary>
    public async ValueTask InitializeAsync()
    {
        _api = await server.Accounts.NewAsync();
        _coffer = SdkClient.For(_api);
        for (int i = 0; i < Count; i++)
        {
            var request = new ObjectCreateRequest
            {
                Name = i % 3 == 0 ? $"third-{i}" : $"other-{i}",
                ContentType = i % 3 == 0 ? ObjectContentType.Text : ObjectContentType.Binary,
                IsPublic = i % 3 == 0,
            };
            StorageObject made = await _coffer.StorageObjects.CreateAsync(request);
            await made.UploadContentAsync(request.Name);
            await made.CompleteAsync();
            _ids.Insert(0, made.Id);
        }
    }

    public ValueTask DisposeAsync()
    {
        _coffer?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Pages_follow_each_other_by_the_last_id()
    {
        var seen = new List<string>();
        ObjectPage page;
        do
        {
            page = await Coffer.Objects.ListAsync(new() { Limit = 7, StartingAfter = seen.LastOrDefault() });
            Assert.Equal(Count, page.TotalCount);
            seen.AddRange(page.Objects.Select(found => found.Id));
            Assert.True(seen.Count <= Count, "an object is shown twice");
        }
        while (page.HasMore);

        Assert.Equal(_ids, seen);
    }

    [Theory]
    [InlineData(1), InlineData(7), InlineData(23), InlineData(5000)]
    public async Task Listing_all_shows_each_object_once_and_in_order(int limit)
    {
        var request = new ObjectListRequest { Limit = limit };

        Assert.Equal(_ids, await TakeAsync(Coffer.Objects.ListAllAsync(request), found => found.Id));
        Assert.Equal(_ids, await TakeAsync(Coffer.StorageObjects.ListAllAsync(request), found => found.Id));
        Assert.Equal(_ids, Coffer.Objects.ListAll(request).Take(Count + 1).Select(found => found.Id));
        Assert.Equal(_ids, Coffer.StorageObjects.ListAll(request).Take(Count + 1).Select(found => found.Id));
    }

    [Fact]
    public async Task Deleting_while_listing_all_leaves_nothing_out()
    {
        var seen = new List<string>();
        await foreach (ObjectView found in Coffer.Objects.ListAllAsync(new() { Limit = 5 }))
        {
            seen.Add(found.Id);
            await Coffer.Objects.DeleteAsync(found.Id); // the next page begins after a tombstone
            Assert.True(seen.Count <= Count, "an object is shown twice");
        }

        Assert.Equal(_ids, seen);
        Assert.Equal(0, (await Coffer.Objects.ListAsync()).TotalCount);
        Assert.Equal(_ids, Coffer.Objects.ListAll(new() { Limit = 6, State = ObjectState.Deleted }).Select(found => found.Id));
    }

    [Fact]
    public async Task Every_filter_holds_on_every_page()
    {
        string[] thirds = [.. _ids.Where((_, place) => (Count - 1 - place) % 3 == 0)];

        Assert.Equal(thirds, await AllAsync(new() { Limit = 3, Name = "THIRD" }));
        Assert.Equal(thirds, await AllAsync(new() { Limit = 3, ContentType = ObjectContentType.Text }));
        Assert.Equal(thirds, await AllAsync(new() { Limit = 3, Search = "third-", State = ObjectState.ReadOnly }));
        Assert.Equal([_ids[4]], await AllAsync(new() { Search = _ids[4] }));
        Assert.Empty(await AllAsync(new() { State = ObjectState.Uploading }));
        Assert.Equal(thirds.Length, (await Coffer.Objects.ListAsync(new() { Name = "third", Limit = 1 })).TotalCount);
        Assert.Null((await Coffer.Objects.ListAsync(new() { IncludeTotalCount = false })).TotalCount);
        Assert.Equal(Count, Coffer.StorageObjects.List(new() { Limit = 2 }).TotalCount);

        Task<List<string>> AllAsync(ObjectListRequest request) => TakeAsync(Coffer.Objects.ListAllAsync(request), found => found.Id);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Public_objects_are_listed_for_other_accounts_until_they_are_taken_back(bool async)
    {
        using CofferClient other = SdkClient.For(await server.Accounts.NewAsync());
        string shared = _ids[^1];
        var request = new ObjectListRequest { Search = shared };

        ObjectView found = Assert.Single((await PublicAsync()).Objects);
        Assert.Equal((shared, true), (found.Id, found.IsPublic));
        Assert.Equal("third-0", await other.StorageObjects.FromId(shared).DownloadAsTextAsync());
        await Assert.ThrowsAsync<CofferException>(() => other.Objects.DeleteAsync(shared));
        await Assert.ThrowsAsync<CofferException>(() => other.Objects.RetrieveAsync(_ids[^2]));

        await Coffer.Objects.UpdateAsync(shared, new() { IsPublic = false });
        Assert.Empty((await PublicAsync()).Objects);
        CofferException hidden = await Assert.ThrowsAsync<CofferException>(() => other.Objects.RetrieveAsync(shared));
        Assert.Equal((System.Net.HttpStatusCode.NotFound, "object_not_found"), (hidden.Status, hidden.Code));

        async Task<ObjectPage> PublicAsync() => async ? await other.Objects.ListPublicAsync(request) : other.Objects.ListPublic(request);
    }

    private static async Task<List<string>> TakeAsync<T>(IAsyncEnumerable<T> listing, Func<T, string> id)
    {
        var seen = new List<string>();
        await foreach (T found in listing)
        {
            seen.Add(id(found));
            Assert.True(seen.Count <= Count, "an object is shown twice");
        }

        return seen;
    }
}
