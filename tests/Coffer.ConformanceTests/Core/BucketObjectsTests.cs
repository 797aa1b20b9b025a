using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.Buckets;
using Coffer.Objects;
using static Coffer.ConformanceTests.Core.KeyedStore;

namespace Coffer.ConformanceTests.Core;

/// <summary>Objects by bucket and key over the embedded engines: whole writes.</summary>
public sealed class BucketObjectsTests
{
    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData(0), InlineData(5), InlineData(LargeBytes)]
    public async Task What_was_put_comes_back_with_all_that_was_said_about_it(int length)
    {
        await using KeyedStore store = await OpenAsync();
        byte[] content = Bytes(length, 7);
        using var metadata = JsonDocument.Parse("""{"a":{"b":[1,null,"ü"]}}""");
        var wanted = new PutRequest(At("a//b c.txt"))
        {
            MediaType = "text/plain; charset=utf-8",
            CacheControl = "max-age=60",
            ContentEncoding = "identity",
            RobotsTag = "noindex",
            Metadata = ObjectMetadata.FromJson(metadata.RootElement),
        };

        StoredObject put = await store.PutAsync(wanted, content, store.Owner with { Subject = "someone" });

        StoredObject found = await store.Objects.GetAsync(store.Owner, At("a//b c.txt"), None);
        Assert.Equivalent(put, found, strict: true);
        Assert.Equal(("a//b c.txt", "a//b c.txt", "someone", ObjectState.ReadOnly), (found.Key, found.Name, found.Owner, found.State));
        Assert.Equal(("text/plain; charset=utf-8", ContentClass.Text, (long?)length), (found.MediaType, found.Class, found.SizeBytes));
        Assert.Equal(("max-age=60", "identity", "noindex"), (found.CacheControl, found.ContentEncoding, found.RobotsTag));
        Assert.Equal("""{"a":{"b":[1,null,"ü"]}}""", found.Metadata!.Json);
        Assert.Equal(Convert.ToHexStringLower(Md5Of(content)), found.ETag);
        Assert.Equal(content, await store.ReadAsync("a//b c.txt"));
        await store.Engines.ReopenAsync();
        Assert.Equal(content, await store.ReadAsync("a//b c.txt"));
    }

    [Fact]
    public async Task A_key_that_is_taken_is_refused_and_keeps_its_bytes_unless_it_is_to_be_replaced()
    {
        await using KeyedStore store = await OpenAsync();
        StoredObject first = await store.PutAsync("a", "first");

        await RefusedAsync(StoreErrorCode.ObjectExists, () => store.PutAsync("a", "second"));
        Assert.Equal("first", await store.ReadTextAsync("a"));
        store.Engines.Clock.Pass(TimeSpan.FromSeconds(1));
        StoredObject second = await store.PutAsync("a", "second", upsert: true);

        Assert.Equal("second", await store.ReadTextAsync("a"));
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal((first.KeyId, first.KeyCreatedAtMs), (second.KeyId, second.KeyCreatedAtMs));
        Assert.Equal(first.UpdatedAtMs + 1000, second.UpdatedAtMs);
    }

    [Theory]
    [InlineData("", "empty"), InlineData("a[1]", "["), InlineData("ü", "not ASCII"), InlineData("a\nb", "control"), InlineData("a%2Fb", "%")]
    [InlineData("..", "dots"), InlineData("a/../b", "dots"), InlineData("a/.", "dots"), InlineData("./a", "dots"), InlineData("a\\b", "backslash")]
    public async Task A_key_that_breaks_a_rule_is_refused_for_writing_and_missing_for_reading(string key, string reason)
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync("source", "x");

        Assert.Equal($"Invalid key: {key}", (await RefusedAsync(StoreErrorCode.InvalidKey, () => store.PutAsync(key, reason))).Message);
        await RefusedAsync(StoreErrorCode.InvalidKey, () => store.Objects.MoveAsync(store.Owner, At("source"), At(key), None));
        await RefusedAsync(StoreErrorCode.InvalidKey, () => store.Objects.CopyAsync(store.Owner, new CopyRequest(At("source"), At(key)), None));
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.GetAsync(store.Owner, At(key), None).AsTask());
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.DeleteAsync(store.Owner, At(key), None));
    }

    [Fact]
    public async Task A_key_has_up_to_1024_bytes_and_dots_within_its_segments()
    {
        await using KeyedStore store = await OpenAsync();
        foreach (string key in (string[])[new string('k', 1024), "a/.../b", ".hidden", "a..b", "_/!.*'() &$=@;:+,?-", "/a", "a/"])
        {
            await store.PutAsync(key, key);
            Assert.Equal(key, await store.ReadTextAsync(key));
        }

        await RefusedAsync(StoreErrorCode.InvalidKey, () => store.PutAsync(new string('k', 1025), "x"));
    }

    [Fact]
    public async Task Keys_of_any_text_are_a_setting()
    {
        await using KeyedStore store = await OpenAsync(new StoreLimits { AllowUnicodeKeys = true });
        await store.PutAsync("Zürich/😀[1].txt", "x");
        Assert.Equal("x", await store.ReadTextAsync("Zürich/😀[1].txt"));
        foreach (string key in (string[])["", "a/..", "a\u0000b", "a\u0085b", "\ud83d", new string('é', 513)])
        {
            await RefusedAsync(StoreErrorCode.InvalidKey, () => store.PutAsync(key, "x"));
        }
    }

    [Fact]
    public async Task A_bucket_takes_the_media_types_of_its_list_alone()
    {
        await using KeyedStore store = await OpenAsync();
        await store.AddBucketAsync("pics", types: ["image/*", "Text/Plain; charset=utf-8"]);
        await store.AddBucketAsync("any", types: ["*/*"]);
        await store.AddBucketAsync("all", types: ["*"]);

        foreach (string type in (string[])["image/png", "IMAGE/PNG; x=y", "text/plain", "text/PLAIN;charset=latin-1"])
        {
            await PutAsync("pics", type);
        }

        foreach (string? type in (string?[])["text/html", "imagex/png", "application/octet-stream", null])
        {
            string message = (await RefusedAsync(StoreErrorCode.InvalidMediaType, () => PutAsync("pics", type))).Message;
            Assert.Equal($"mime type {type ?? "application/octet-stream"} is not supported", message);
            await PutAsync("any", type);
            await PutAsync("all", type);
        }

        foreach (string type in (string[])["png", "a/b\r\nx: y", "text/ü"])
        {
            await RefusedAsync(StoreErrorCode.InvalidMediaType, () => PutAsync("docs", type));
        }

        Task<StoredObject> PutAsync(string bucket, string? type) =>
            store.PutAsync(new PutRequest(At("a", bucket)) { MediaType = type, Upsert = true }, [1]);
    }

    [Fact]
    public async Task A_folders_placeholder_has_any_type_and_no_bytes()
    {
        await using KeyedStore store = await OpenAsync();
        await store.AddBucketAsync("pics", types: ["image/*"]);
        var wanted = new PutRequest(At("folder/.emptyFolderPlaceholder", "pics")) { MediaType = "text/plain" };

        await RefusedAsync(StoreErrorCode.TooLarge, () => store.PutAsync(wanted, [1]));
        await store.PutAsync(wanted, []);
    }

    [Theory]
    [InlineData("a\r\nb"), InlineData("ü"), InlineData("\t")]
    public async Task What_is_to_be_a_header_cannot_end_it(string value)
    {
        await using KeyedStore store = await OpenAsync();
        PutRequest wanted = new(At("a"));
        foreach (PutRequest put in (PutRequest[])[
            wanted with { CacheControl = value }, wanted with { ContentEncoding = value }, wanted with { RobotsTag = value }])
        {
            await RefusedAsync(StoreErrorCode.InvalidArgument, () => store.PutAsync(put, [1]));
        }
    }

    [Theory]
    [InlineData(10), InlineData(100_000)]
    public async Task A_bodys_size_is_limited_before_it_is_read_and_while(int limit)
    {
        await using KeyedStore store = await OpenAsync(new StoreLimits { MaxObjectBytes = 150_000 });
        await store.AddBucketAsync("small", sizeLimit: limit);
        var wanted = new PutRequest(At("a", "small"));

        await RefusedAsync(StoreErrorCode.TooLarge, () => store.Objects.PutAsync(
            store.Owner, wanted, PipeReader.Create(new UnreadStream()), limit + 1, None));
        await RefusedAsync(StoreErrorCode.TooLarge, () => store.Objects.PutAsync(
            store.Owner, wanted, PipeReader.Create(new MemoryStream(Bytes(limit + 1, 1))), length: null, None));
        await RefusedAsync(StoreErrorCode.TooLarge, () => store.PutAsync(new PutRequest(At("a")), Bytes(150_001, 1)));
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.GetAsync(store.Owner, At("a", "small"), None).AsTask());
        await store.Objects.PutAsync(store.Owner, wanted, PipeReader.Create(new MemoryStream(Bytes(limit, 1))), length: null, None);
        Assert.Equal(limit, (await store.Objects.GetAsync(store.Owner, At("a", "small"), None)).SizeBytes);
    }

    [Theory]
    [InlineData(10), InlineData(LargeBytes)]
    public async Task A_body_that_ends_early_leaves_what_was_there(int announced)
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync("a", "first");

        await RefusedAsync(StoreErrorCode.ContentTruncated, () => store.Objects.PutAsync(
            store.Owner, new PutRequest(At("a")) { Upsert = true }, PipeReader.Create(new MemoryStream(Bytes(announced - 1, 2))), announced, None));
        await Assert.ThrowsAnyAsync<IOException>(() => store.Objects.PutAsync(
            store.Owner, new PutRequest(At("b")), PipeReader.Create(new BreakingStream(announced - 1)), announced, None));

        Assert.Equal("first", await store.ReadTextAsync("a"));
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.GetAsync(store.Owner, At("b"), None).AsTask());
        Assert.Equal(0, store.Engines.BlobFiles());
    }

    [Fact]
    public async Task A_refused_write_reads_no_byte_and_keeps_none()
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync("taken", "first");
        Caller stranger = await store.Engines.AddAccountAsync("other");
        Caller user = store.Owner with { Right = Right.Authenticated, Subject = "someone" };

        await AssertRefused(StoreErrorCode.ObjectExists, store.Owner, At("taken"));
        await AssertRefused(StoreErrorCode.InvalidKey, store.Owner, At("a[1]"));
        await AssertRefused(StoreErrorCode.BucketNotFound, store.Owner, At("a", "missing"));
        await AssertRefused(StoreErrorCode.BucketNotFound, stranger, At("a"));
        await AssertRefused(StoreErrorCode.BucketNotFound, Caller.Nobody, At("a"));
        await AssertRefused(StoreErrorCode.BucketNotFound, Caller.Operator, At("a"));
        await AssertRefused(StoreErrorCode.AccessDenied, user, At("a"));
        await AssertRefused(StoreErrorCode.AccessDenied, user, At("taken"));

        async Task AssertRefused(StoreErrorCode code, Caller caller, ObjectAddress address)
        {
            var wanted = new PutRequest(address);
            await RefusedAsync(code, () => store.Objects.PutAsync(caller, wanted, PipeReader.Create(new UnreadStream()), 10, None));
            await RefusedAsync(code, () => store.Objects.CheckPutAsync(caller, wanted, 10, None));
        }
    }

    [Fact]
    public async Task A_write_can_be_judged_without_a_byte()
    {
        await using KeyedStore store = await OpenAsync();
        await store.Objects.CheckPutAsync(store.Owner, new PutRequest(At("a")), length: null, None);
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.GetAsync(store.Owner, At("a"), None).AsTask());
        await store.PutAsync("a", "x");
        await store.Objects.CheckPutAsync(store.Owner, new PutRequest(At("a")) { Upsert = true }, length: null, None);
    }

    [Fact]
    public async Task A_signed_upload_writes_what_its_link_says()
    {
        await using KeyedStore store = await OpenAsync();
        await store.AddBucketAsync("pics", sizeLimit: 5, types: ["image/*"]);
        AccountId account = store.Owner.Account!.Value;
        var link = new UploadLink(At("a", "pics"), account, "someone", upsert: false);
        var wanted = new PutRequest(At("elsewhere")) { Upsert = true, MediaType = "image/png" };

        StoredObject put = await SendAsync(link, wanted, 5);

        Assert.Equal(("a", "someone"), (put.Key, put.Owner));
        Assert.Equal(put.Id, (await store.Objects.GetAsync(store.Owner, At("a", "pics"), None)).Id);
        await RefusedAsync(StoreErrorCode.ObjectExists, () => SendAsync(link, wanted, 5));
        var again = new UploadLink(At("a", "pics"), account, owner: null, upsert: true);
        Assert.Null((await SendAsync(again, wanted with { Upsert = false }, 5)).Owner);
        await RefusedAsync(StoreErrorCode.TooLarge, () => SendAsync(again, wanted, 6));
        await RefusedAsync(StoreErrorCode.InvalidMediaType, () => SendAsync(again, wanted with { MediaType = "text/plain" }, 5));
        AccountId other = (await store.Engines.AddAccountAsync("other")).Account!.Value;
        await RefusedAsync(
            StoreErrorCode.BucketNotFound, () => SendAsync(new UploadLink(At("b", "pics"), other, null, true), wanted, 5));

        Task<StoredObject> SendAsync(UploadLink by, PutRequest request, int length) =>
            store.Objects.PutSignedAsync(by, request, PipeReader.Create(new MemoryStream(new byte[length])), length, None);
    }

    [Theory]
    [InlineData(100), InlineData(LargeBytes)]
    public async Task Of_writers_that_race_for_a_free_key_exactly_one_wins(int length)
    {
        await using KeyedStore store = await OpenAsync();

        Task<StoredObject>[] puts = [.. Enumerable.Range(1, 12).Select(n => Task.Run(() => store.PutAsync(new PutRequest(At("a")), Bytes(length, (byte)n))))];
        await Task.WhenAll(puts.Select(put => put.ContinueWith(_ => { }, TaskScheduler.Default)));

        StoredObject won = await Assert.Single(puts, put => put.IsCompletedSuccessfully);
        Assert.All(puts.Where(put => put.IsFaulted), put =>
            Assert.Equal(StoreErrorCode.ObjectExists, ((StoreException)put.Exception!.InnerException!).Code));
        byte[] stored = await store.ReadAsync("a");
        Assert.Equal(won.ETag, Convert.ToHexStringLower(Md5Of(stored)));
        Assert.Equal(length > 100 ? 1 : 0, store.Engines.BlobFiles()); // the losers' bytes are gone
    }

    [Theory]
    [InlineData(100), InlineData(LargeBytes)]
    public async Task Of_writers_that_race_to_replace_a_key_one_whole_body_stays(int length)
    {
        await using KeyedStore store = await OpenAsync();
        StoredObject first = await store.PutAsync("a", "first");

        StoredObject[] puts = await Task.WhenAll(Enumerable.Range(1, 12).Select(n =>
            Task.Run(() => store.PutAsync(new PutRequest(At("a")) { Upsert = true }, Bytes(length, (byte)n)))));

        byte[] stored = await store.ReadAsync("a");
        Assert.Equal(length, stored.Length);
        Assert.Single(stored.Distinct());
        StoredObject live = await store.Objects.GetAsync(store.Owner, At("a"), None);
        Assert.Contains(puts, put => put.Id == live.Id && put.ETag == Convert.ToHexStringLower(Md5Of(stored)));
        Assert.All(puts, put => Assert.Equal((first.KeyId, first.KeyCreatedAtMs), (put.KeyId, put.KeyCreatedAtMs)));
    }

    [Fact]
    public async Task A_reader_of_a_replaced_object_reads_the_old_bytes_to_their_end()
    {
        await using KeyedStore store = await OpenAsync();
        await store.PutAsync(new PutRequest(At("a")), Bytes(LargeBytes, 1));
        using OpenObject open = await store.Objects.OpenAsync(store.Owner, At("a"), None);

        await store.PutAsync(new PutRequest(At("a")) { Upsert = true }, Bytes(LargeBytes, 2));

        Assert.Equal(Bytes(LargeBytes, 1), await KeyedStore.ReadAsync(open));
        Assert.Equal(Bytes(LargeBytes, 2), await store.ReadAsync("a"));
    }

    [Fact]
    public async Task An_object_of_the_Objects_dialect_is_read_and_deleted_by_its_key_but_never_written_over()
    {
        await using KeyedStore store = await OpenAsync();
        StoredObject made = await store.Engines.StoreAsync([1, 2, 3]);
        ObjectAddress address = At(made.Key, "objects");
        await store.PutAsync("a", "x");

        await RefusedAsync(StoreErrorCode.ObjectExists, () => store.PutAsync(made.Key, "over it", upsert: true, bucket: "objects"));
        await RefusedAsync(StoreErrorCode.ObjectExists, () => store.Objects.CopyAsync(
            store.Owner, new CopyRequest(At("a"), address) { Upsert = true }, None));
        await RefusedAsync(StoreErrorCode.ObjectExists, () => store.Objects.MoveAsync(store.Owner, At("a"), address, None));
        await RefusedAsync(StoreErrorCode.WrongState, () => store.Objects.MoveAsync(store.Owner, address, At("b"), None));

        Assert.Equal([1, 2, 3], await store.ReadAsync(made.Key, "objects"));
        await store.Objects.CopyAsync(store.Owner, new CopyRequest(address, At("copy")), None);
        await store.Objects.DeleteAsync(store.Owner, address, None);
        Assert.Equal(ObjectState.Deleted, (await store.Engines.Objects.GetAsync(store.Owner, made.Id, None)).State);
        Assert.Equal([1, 2, 3], await store.ReadAsync("copy"));
    }

    [Fact]
    public async Task An_upload_of_the_Objects_dialect_is_not_under_its_key_before_it_is_complete()
    {
        await using KeyedStore store = await OpenAsync();
        StoredObject upload = (await store.Engines.Objects.CreateAsync(store.Owner, new ObjectDraft { Name = "a" }, once: null, None)).Object;
        ObjectAddress address = At(upload.Key, "objects");

        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.GetAsync(store.Owner, address, None).AsTask());
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.OpenAsync(store.Owner, address, None).AsTask());
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.DeleteAsync(store.Owner, address, None));
        await RefusedAsync(StoreErrorCode.ObjectExists, () => store.PutAsync(upload.Key, "over it", upsert: true, bucket: "objects"));
        Assert.Empty(await store.Objects.DeleteManyAsync(store.Owner, "objects", [upload.Key], None).ToListAsync(None));
        await store.Engines.Buckets.EmptyAsync(store.Owner, "objects", None);
        await store.Engines.UploadAsync(upload.Id, [1]);
    }

    [Fact]
    public async Task An_object_is_known_to_the_Objects_dialect_by_its_id()
    {
        await using KeyedStore store = await OpenAsync();
        using var metadata = JsonDocument.Parse("""{"text":"a","number":1,"nested":{"b":[true]}}""");
        StoredObject put = await store.PutAsync(
            new PutRequest(At("folder/a.txt")) { MediaType = "text/plain", Metadata = ObjectMetadata.FromJson(metadata.RootElement) }, [1, 2]);
        ObjectStore objects = store.Engines.Objects;

        StoredObject seen = await objects.GetAsync(store.Owner, put.Id, None);
        Assert.Equal(("folder/a.txt", ContentClass.Text, 2), (seen.Name, seen.Class, seen.SizeBytes));
        Assert.Equal(
            [new("text", "a"), new("number", "1"), new("nested", """{"b":[true]}""")], seen.Metadata!.ToPairs());
        Assert.Contains((await objects.ListAsync(store.Owner, new() { Limit = 10 }, None)).Objects, listed => listed.Id == put.Id);
        Assert.Equal(SignedUse.Download, await objects.DownloadUseAsync(store.Owner, put.Id, None));
        Assert.Equal([1, 2], await store.Engines.ReadAsync(put.Id));

        long endMs = store.Engines.Catalog.NowMs + 1000;
        await objects.UpdateAsync(
            store.Owner, put.Id, new() { Name = "other", Metadata = ObjectMetadata.From([new("a", "b")]), ExpiresAtMs = endMs }, None);
        StoredObject byKey = await store.Objects.GetAsync(store.Owner, At("folder/a.txt"), None);
        Assert.Equal(("other", """{"a":"b"}"""), (byKey.Name, byKey.Metadata!.Json));
        store.Engines.Clock.Pass(TimeSpan.FromSeconds(1));
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.GetAsync(store.Owner, At("folder/a.txt"), None).AsTask());
        await store.PutAsync("folder/a.txt", "free again");

        StoredObject again = await store.Objects.GetAsync(store.Owner, At("folder/a.txt"), None);
        Assert.NotEqual(put.KeyId, again.KeyId);
        await objects.DeleteAsync(store.Owner, again.Id, None);
        await RefusedAsync(StoreErrorCode.ObjectNotFound, () => store.Objects.GetAsync(store.Owner, At("folder/a.txt"), None).AsTask());
    }

    [Fact]
    public async Task User_metadata_is_any_object_of_up_to_a_mebibyte()
    {
        string large = new('x', ObjectMetadata.MaxJsonBytes - """{"a":""}""".Length);
        Assert.Equal(ObjectMetadata.MaxJsonBytes, From($$"""{ "a" : "{{large}}" }""").Json.Length);
        Assert.Equal(StoreErrorCode.TooLarge, Assert.Throws<StoreException>(() => From($$"""{"a":"{{large}}x"}""")).Code);
        foreach (string text in (string[])["[]", "\"a\"", "null", """{"a":"\ud83d"}""", """{"a":[{"\udc00":1}]}"""])
        {
            Assert.Equal(StoreErrorCode.InvalidArgument, Assert.Throws<StoreException>(() => From(text)).Code);
        }

        await using KeyedStore store = await OpenAsync();
        StoredObject put = await store.PutAsync(new PutRequest(At("a")) { Metadata = From($$"""{"a":"{{large}}"}""") }, [1]);
        Assert.Equal(put.Metadata!.Json, (await store.Objects.GetAsync(store.Owner, At("a"), None)).Metadata!.Json);

        static ObjectMetadata From(string text)
        {
            using var json = JsonDocument.Parse(text);
            return ObjectMetadata.FromJson(json.RootElement);
        }
    }

    [Fact]
    public async Task A_bucket_is_emptied_while_others_write_into_it()
    {
        await using KeyedStore store = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 700).Select(n => store.PutAsync($"before/{n}", "x")));
        await store.PutAsync(new PutRequest(At("before/large")), Bytes(LargeBytes, 1));
        using var stop = new CancellationTokenSource();
        Task<List<string>> writing = Task.Run(async () =>
        {
            var keys = new List<string>();
            for (int n = 0; !stop.IsCancellationRequested; n++)
            {
                await store.PutAsync($"during/{n}", "x");
                keys.Add($"during/{n}");
            }

            return keys;
        });

        await store.Engines.Buckets.EmptyAsync(store.Owner, "docs", None);
        StoredObject after = await store.PutAsync("after", "x");
        await stop.CancelAsync();
        List<string> written = await writing;

        Bucket bucket = await store.Engines.Buckets.GetAsync(store.Owner, "docs", None);
        List<string> left = [.. (await store.Engines.Catalog.ListSortedAsync(new() { Bucket = bucket.Id, Limit = 100_000 }, None)).Entries.Select(entry => entry.Name)];
        Assert.DoesNotContain(left, key => key.StartsWith("before/", StringComparison.Ordinal));
        Assert.Contains(after.Key, left);
        Assert.Equal(written[^1], Assert.Single(left, key => key == written[^1]));
        Assert.Equal(1, (await store.Engines.Catalog.QueueLengthsAsync(None)).Released);
        await RefusedAsync(StoreErrorCode.BucketNotEmpty, () => store.Engines.Buckets.DeleteAsync(store.Owner, "docs", None));
        await store.Engines.Buckets.EmptyAsync(store.Owner, "docs", None);
        await store.Engines.Buckets.EmptyAsync(store.Owner, "docs", None); // an empty one is fine
        await store.Engines.Buckets.DeleteAsync(store.Owner, "docs", None);
        await RefusedAsync(StoreErrorCode.BucketNotFound, () => store.PutAsync("late", "x"));
    }

    [Fact]
    public async Task A_bucket_with_too_many_objects_is_not_emptied_at_all()
    {
        await using KeyedStore store = await OpenAsync(new StoreLimits { MaxEmptiedObjects = 3 });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => store.PutAsync($"{n}", "x")));

        await RefusedAsync(StoreErrorCode.BucketTooFull, () => store.Engines.Buckets.EmptyAsync(store.Owner, "docs", None));
        Assert.Equal("x", await store.ReadTextAsync("0"));
        await store.Objects.DeleteAsync(store.Owner, At("0"), None);
        await store.Engines.Buckets.EmptyAsync(store.Owner, "docs", None);
        await store.Engines.Buckets.DeleteAsync(store.Owner, "docs", None);
    }

#pragma warning disable CA5351 // the entity tag that clients compare
    private static byte[] Md5Of(byte[] bytes) => MD5.HashData(bytes);
#pragma warning restore CA5351

    /// <summary>Fails whoever reads from it.</summary>
    private sealed class UnreadStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("the body was read");
    }

    /// <summary>Breaks off with an error.</summary>
    private sealed class BreakingStream(int length) : MemoryStream(new byte[length])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 ? read : throw new IOException("the connection broke");
        }
    }
}
