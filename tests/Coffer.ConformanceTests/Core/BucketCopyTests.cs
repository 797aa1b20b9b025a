using System.Text.Json;
using Coffer.Access;
using Coffer.Objects;
using static Coffer.ConformanceTests.Core.KeyedStore;

namespace Coffer.ConformanceTests.Core;

/// <summary>Objects by bucket and key over the embedded engines: copies and moves.</summary>
public sealed class BucketCopyTests
{
    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData(0), InlineData(5), InlineData(40_000), InlineData(LargeBytes)]
    public async Task A_copy_shares_the_bytes_and_each_outlives_the_other(int length)
    {
        await using KeyedStore store = await OpenAsync();
        await store.AddBucketAsync("other");
        StoredObject source = await store.PutAsync(Dressed("a"), Bytes(length, 1));
        store.Engines.Clock.Pass(TimeSpan.FromSeconds(1));

        StoredObject first = await CopyAsync(store, "a", At("b", "other"));
        StoredObject second = await CopyAsync(store, "a", At("c"));

        Assert.NotEqual(source.KeyId, first.KeyId);
        Assert.NotEqual(source.Id, first.Id);
        Assert.Equal((source.ETag, source.SizeBytes, source.KeyCreatedAtMs + 1000), (first.ETag, first.SizeBytes, first.KeyCreatedAtMs));
        AssertDressed(first);
        Assert.Equivalent(first, await store.Objects.GetAsync(store.Owner, At("b", "other"), None), strict: true);
        Assert.Equal(length > 100_000 ? 1 : 0, store.Engines.BlobFiles());

        await store.Objects.DeleteAsync(store.Owner, At("a"), None);
        Assert.Equal(Bytes(length, 1), await store.ReadAsync("b", "other"));
        await store.Objects.DeleteAsync(store.Owner, At("b", "other"), None);
        Assert.Equal(0, (await store.Engines.Catalog.QueueLengthsAsync(None)).Released);
        Assert.Equal(Bytes(length, 1), await store.ReadAsync("c"));
        Assert.Equal(second.Id, (await store.Objects.DeleteAsync(store.Owner, At("c"), None)).Id);
        Assert.Equal(length > 100_000 ? 1 : 0, (await store.Engines.Catalog.QueueLengthsAsync(None)).Released);
    }

    [Fact]
    public async Task A_copy_takes_over_all_or_what_is_not_said_anew()
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync(Dressed("a"), [1]);
        ObjectMetadata metadata = ObjectMetadata.From([new("new", "1")]);
        var wanted = new CopyRequest(At("a"), At("b")) { MediaType = "text/html", CacheControl = "no-store", ContentEncoding = "br", Metadata = metadata };

        AssertDressed(await store.Objects.CopyAsync(store.Owner, wanted, None));
        StoredObject changed = await store.Objects.CopyAsync(
            store.Owner, wanted with { Destination = At("c"), KeepMetadata = false }, None);
        StoredObject bare = await store.Objects.CopyAsync(
            store.Owner, new CopyRequest(At("a"), At("d")) { KeepMetadata = false }, None);

        Assert.Equal(("text/html", "no-store", metadata.Json), (changed.MediaType, changed.CacheControl, changed.Metadata!.Json));
        Assert.Equal(("br", "noindex", ContentClass.Text), (changed.ContentEncoding, changed.RobotsTag, changed.Class));
        Assert.Equal(("text/css", "max-age=60", "gzip"), (bare.MediaType, bare.CacheControl, bare.ContentEncoding));
        Assert.Null(bare.Metadata);
    }

    [Theory]
    [InlineData(5), InlineData(LargeBytes)]
    public async Task A_copy_onto_itself_changes_its_headers_and_keeps_its_bytes(int length)
    {
        await using KeyedStore store = await OpenAsync();
        StoredObject source = await store.PutAsync(Dressed("a"), Bytes(length, 1));
        var wanted = new CopyRequest(At("a"), At("a")) { KeepMetadata = false, CacheControl = "no-store" };

        await RefusedAsync(StoreErrorCode.ObjectExists, () => store.Objects.CopyAsync(store.Owner, wanted, None));
        StoredObject copy = await store.Objects.CopyAsync(store.Owner with { Subject = "copier" }, wanted with { Upsert = true }, None);

        Assert.Equal(("no-store", source.KeyId, "copier"), (copy.CacheControl, copy.KeyId, copy.Owner));
        Assert.Equal(Bytes(length, 1), await store.ReadAsync("a"));
        Assert.Equal(0, (await store.Engines.Catalog.QueueLengthsAsync(None)).Released);
    }

    [Fact]
    public async Task A_copy_replaces_only_when_it_is_said()
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync("a", "source");
        StoredObject taken = await store.PutAsync("b", "taken");

        await RefusedAsync(StoreErrorCode.ObjectExists, () => CopyAsync(store, "a", At("b")));
        Assert.Equal("taken", await store.ReadTextAsync("b"));
        StoredObject copy = await store.Objects.CopyAsync(store.Owner, new CopyRequest(At("a"), At("b")) { Upsert = true }, None);

        Assert.Equal(taken.KeyId, copy.KeyId);
        Assert.Equal("source", await store.ReadTextAsync("b"));
    }

    [Theory]
    [InlineData(5), InlineData(LargeBytes)]
    public async Task A_move_keeps_what_the_object_is_and_makes_a_new_version_of_it(int length)
    {
        await using KeyedStore store = await OpenAsync();
        await store.AddBucketAsync("other");
        StoredObject source = await store.PutAsync(Dressed("a"), Bytes(length, 1), store.Owner with { Subject = "maker" });
        store.Engines.Clock.Pass(TimeSpan.FromSeconds(1));

        StoredObject moved = await store.Objects.MoveAsync(store.Owner with { Subject = "mover" }, At("a"), At("b", "other"), None);

        Assert.Equal((source.KeyId, source.KeyCreatedAtMs, "mover", "b"), (moved.KeyId, moved.KeyCreatedAtMs, moved.Owner, moved.Name));
        Assert.NotEqual(source.Id, moved.Id);
        Assert.Equal(source.UpdatedAtMs + 1000, moved.UpdatedAtMs);
        AssertDressed(moved);
        Assert.Equal(Bytes(length, 1), await store.ReadAsync("b", "other"));
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.GetAsync(store.Owner, At("a"), None).AsTask());
        Assert.Equal(0, (await store.Engines.Catalog.QueueLengthsAsync(None)).Released);

        StoredObject back = await store.Objects.MoveAsync(store.Owner, At("b", "other"), At("a"), None);
        Assert.Equal("mover", back.Owner); // a mover without a name leaves the owner
        await store.Engines.ReopenAsync();
        Assert.Equal(Bytes(length, 1), await store.ReadAsync("a"));
    }

    [Fact]
    public async Task A_move_onto_another_key_is_refused_and_onto_its_own_changes_nothing()
    {
        await using KeyedStore store = await OpenAsync();
        StoredObject source = await store.PutAsync("a", "source");
        await store.PutAsync("b", "taken");

        await RefusedAsync(StoreErrorCode.ObjectExists, () => store.Objects.MoveAsync(store.Owner, At("a"), At("b"), None));
        StoredObject same = await store.Objects.MoveAsync(store.Owner, At("a"), At("a"), None);

        Assert.Equal(source.Id, same.Id);
        Assert.Equal(("source", "taken"), (await store.ReadTextAsync("a"), await store.ReadTextAsync("b")));
    }

    [Fact]
    public async Task Copies_and_moves_name_what_is_missing()
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync("a", "x");
        Caller stranger = await store.Engines.AddAccountAsync("other");
        await store.Engines.Buckets.CreateAsync(stranger, new() { Name = "theirs", IsPublic = true }, None);
        await store.PutAsync("b", "theirs", bucket: "theirs", caller: stranger);

        await AssertRefused(StoreErrorCode.ObjectNotFound, At("missing"), At("b"));
        await AssertRefused(StoreErrorCode.BucketNotFound, At("a", "missing"), At("b"));
        await AssertRefused(StoreErrorCode.BucketNotFound, At("b", "theirs"), At("b"));
        await AssertRefused(StoreErrorCode.DestinationBucketNotFound, At("a"), At("b", "missing"));
        await AssertRefused(StoreErrorCode.DestinationBucketNotFound, At("a"), At("b", "theirs"));
        await AssertRefused(StoreErrorCode.InvalidKey, At("a"), At("b/../c"));
        Assert.Equal("x", await store.ReadTextAsync("a"));

        async Task AssertRefused(StoreErrorCode code, ObjectAddress from, ObjectAddress to)
        {
            await RefusedAsync(code, () => store.Objects.CopyAsync(store.Owner, new CopyRequest(from, to), None));
            await RefusedAsync(code, () => store.Objects.MoveAsync(store.Owner, from, to, None));
        }
    }

    [Fact]
    public async Task A_destinations_limits_hold_for_copies_and_moves()
    {
        await using KeyedStore store = await OpenAsync();
        await store.AddBucketAsync("small", sizeLimit: 1);
        await store.AddBucketAsync("pics", types: ["image/*"]);
        await store.PutAsync(Dressed("a"), [1, 2]);

        await AssertRefused(StoreErrorCode.TooLarge, "small", "a");
        await AssertRefused(StoreErrorCode.InvalidMediaType, "pics", "a");
        await AssertRefused(StoreErrorCode.TooLarge, "pics", ".emptyFolderPlaceholder");
        await RefusedAsync(StoreErrorCode.InvalidMediaType, () => store.Objects.CopyAsync(
            store.Owner, new CopyRequest(At("a"), At("a", "pics")) { KeepMetadata = false, MediaType = "text/plain" }, None));
        await store.Objects.CopyAsync(
            store.Owner, new CopyRequest(At("a"), At("a", "pics")) { KeepMetadata = false, MediaType = "image/png" }, None);

        async Task AssertRefused(StoreErrorCode code, string bucket, string key)
        {
            await RefusedAsync(code, () => CopyAsync(store, "a", At(key, bucket)));
            await RefusedAsync(code, () => store.Objects.MoveAsync(store.Owner, At("a"), At(key, bucket), None));
        }
    }

    [Theory]
    [InlineData(5), InlineData(LargeBytes)]
    public async Task Of_movers_that_race_for_one_object_exactly_one_wins(int length)
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync(new PutRequest(At("a")), Bytes(length, 1));

        Task<StoredObject>[] moves = [.. Enumerable.Range(0, 8).Select(n =>
            Task.Run(() => store.Objects.MoveAsync(store.Owner, At("a"), At($"to {n}"), None)))];
        await Task.WhenAll(moves.Select(move => move.ContinueWith(_ => { }, TaskScheduler.Default)));

        StoredObject won = await Assert.Single(moves, move => move.IsCompletedSuccessfully);
        Assert.All(moves.Where(move => move.IsFaulted), move =>
            Assert.Equal(StoreErrorCode.ObjectNotFound, ((StoreException)move.Exception!.InnerException!).Code));
        Assert.Equal(Bytes(length, 1), await store.ReadAsync(won.Key));
        Assert.Equal(0, (await store.Engines.Catalog.QueueLengthsAsync(None)).Released);
    }

    [Fact]
    public async Task Copies_that_race_with_the_deletion_of_their_source_are_whole_or_refused()
    {
        await using KeyedStore store = await OpenAsync();
        for (int round = 0; round < 10; round++)
        {
            await store.PutAsync(new PutRequest(At("a")), Bytes(LargeBytes, 1));
            Task<StoredObject>[] copies = [.. Enumerable.Range(0, 6).Select(n => Task.Run(() => CopyAsync(store, "a", At($"{round}/{n}"))))];
            await store.Objects.DeleteAsync(store.Owner, At("a"), None);
            foreach (Task<StoredObject> copy in copies)
            {
                try
                {
                    Assert.Equal(Bytes(LargeBytes, 1), await store.ReadAsync((await copy).Key));
                }
                catch (StoreException refused)
                {
                    Assert.Equal(StoreErrorCode.ObjectNotFound, refused.Code);
                }
            }
        }
    }

    private static PutRequest Dressed(string key)
    {
        using var metadata = JsonDocument.Parse("""{"a":{"b":1}}""");
        return new PutRequest(At(key))
        {
            MediaType = "text/css",
            CacheControl = "max-age=60",
            ContentEncoding = "gzip",
            RobotsTag = "noindex",
            Metadata = ObjectMetadata.FromJson(metadata.RootElement),
        };
    }

    private static void AssertDressed(StoredObject found)
    {
        Assert.Equal(("text/css", ContentClass.Text, "max-age=60"), (found.MediaType, found.Class, found.CacheControl));
        Assert.Equal(("gzip", "noindex", """{"a":{"b":1}}"""), (found.ContentEncoding, found.RobotsTag, found.Metadata!.Json));
    }

    private static Task<StoredObject> CopyAsync(KeyedStore store, string key, ObjectAddress to) =>
        store.Objects.CopyAsync(store.Owner, new CopyRequest(At(key), to), None);
}
