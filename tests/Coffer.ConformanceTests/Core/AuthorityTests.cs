using System.IO.Pipelines;
using Coffer.Access;
using Coffer.Catalog;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Objects;
using Coffer.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Core;

/// <summary>The core itself refuses who may not, so that no dialect can forget to.</summary>
public sealed class AuthorityTests
{
    [Theory]
    [InlineData(SignedUse.Download), InlineData(SignedUse.DownloadWhilePublic)]
    public async Task A_download_link_uploads_nothing(SignedUse use)
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        CreatedObject made = await store.Objects.CreateAsync(store.Owner, new ObjectDraft { Name = "a" }, once: null, CancellationToken.None);
        var content = PipeReader.Create(new MemoryStream([1, 2, 3]));

        var refused = await Assert.ThrowsAsync<StoreException>(
            () => store.Objects.UploadAsync(store.LinkTo(made.Object.Id, use), content, 3, mayReplace: null, CancellationToken.None));

        Assert.Equal(StoreErrorCode.SignatureInvalid, refused.Code);
        Assert.Null((await store.Objects.GetAsync(store.Owner, made.Object.Id, CancellationToken.None)).SizeBytes);
    }

    [Fact]
    public async Task An_upload_link_downloads_nothing()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        StoredObject stored = await store.StoreAsync([1, 2, 3]);

        var refused = await Assert.ThrowsAsync<StoreException>(
            async () => await store.Objects.OpenAsync(store.LinkTo(stored.Id, SignedUse.Upload), CancellationToken.None));

        Assert.Equal(StoreErrorCode.SignatureInvalid, refused.Code);
    }

    [Fact]
    public async Task The_list_of_public_objects_is_for_holders_of_a_key()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        var query = new ObjectQuery { Limit = 1 };

        var refused = await Assert.ThrowsAsync<StoreException>(
            async () => await store.Objects.ListPublicAsync(Caller.Nobody, query, CancellationToken.None));

        Assert.Equal(StoreErrorCode.NotAuthenticated, refused.Code);
        Assert.Empty((await store.Objects.ListPublicAsync(store.Owner, query, CancellationToken.None)).Objects);
    }

    [Fact]
    public async Task Only_the_operator_makes_the_reaper_run()
    {
        await using SmallStore store = await SmallStore.OpenAsync();
        var reaper = new Reaper(store.Catalog, new StoreLimits(), store.Clock, NullLogger<Reaper>.Instance);

        foreach (Caller caller in (Caller[])[Caller.Nobody, store.Owner, new Caller { Right = Right.Anon, Account = store.Owner.Account }])
        {
            var refused = await Assert.ThrowsAsync<StoreException>(() => reaper.RunAsync(caller, confirmed: true, CancellationToken.None));
            Assert.Equal(StoreErrorCode.AccessDenied, refused.Code);
        }

        Assert.Equal(0, await reaper.RunAsync(Caller.Operator, confirmed: false, CancellationToken.None));
    }
}
