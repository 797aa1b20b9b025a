using System.IO.Pipelines;
using System.Text;
using Coffer.Access;
using Coffer.Blobs;
using Coffer.Buckets;
using Coffer.ConformanceTests.Upkeep;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Core;

/// <summary>The core over the embedded engines with a bucket <c>docs</c>, and a caller that may do everything in it.</summary>
internal sealed class KeyedStore : IAsyncDisposable
{
    /// <summary>Larger than what the catalog keeps.</summary>
    public const int LargeBytes = 200_000;

    private KeyedStore(SmallStore engines) => Engines = engines;

    public SmallStore Engines { get; }

    public BucketObjects Objects => Engines.Keyed;

    public Caller Owner => Engines.Owner;

    public static async Task<KeyedStore> OpenAsync(StoreLimits? limits = null)
    {
        var store = new KeyedStore(await SmallStore.OpenAsync(limits));
        await store.AddBucketAsync("docs");
        return store;
    }

    public Task<Bucket> AddBucketAsync(string name, bool isPublic = false, long? sizeLimit = null, params string[] types) =>
        Engines.Buckets.CreateAsync(
            Owner,
            new BucketDraft { Name = name, IsPublic = isPublic, SizeLimitBytes = sizeLimit, AllowedMediaTypes = types },
            CancellationToken.None);

    public static ObjectAddress At(string key, string bucket = "docs") => new(bucket, key);

    public Task<StoredObject> PutAsync(string key, string content, bool upsert = false, string bucket = "docs", Caller? caller = null) =>
        PutAsync(new PutRequest(At(key, bucket)) { Upsert = upsert }, Encoding.UTF8.GetBytes(content), caller);

    public Task<StoredObject> PutAsync(PutRequest wanted, byte[] content, Caller? caller = null) => Objects.PutAsync(
        caller ?? Owner, wanted with { Digests = BlobDigests.Md5 }, PipeReader.Create(new MemoryStream(content)), content.Length,
        CancellationToken.None);

    public async Task<byte[]> ReadAsync(string key, string bucket = "docs", Caller? caller = null)
    {
        using OpenObject open = await Objects.OpenAsync(caller ?? Owner, At(key, bucket), CancellationToken.None);
        return await ReadAsync(open);
    }

    public async Task<string> ReadTextAsync(string key, string bucket = "docs") => Encoding.UTF8.GetString(await ReadAsync(key, bucket));

    public static async Task<byte[]> ReadAsync(OpenObject open)
    {
        using var bytes = new MemoryStream();
        var writer = PipeWriter.Create(bytes);
        Assert.True(await open.CopyToAsync(writer, 0, open.SizeBytes, CancellationToken.None));
        await writer.CompleteAsync();
        return bytes.ToArray();
    }

    /// <summary>Bytes that differ from seed to seed at every place.</summary>
    public static byte[] Bytes(int length, byte seed)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, seed);
        return bytes;
    }

    public static async Task<StoreException> RefusedAsync(StoreErrorCode code, Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<StoreException>(call);
        Assert.Equal(code, refused.Code);
        return refused;
    }

    public ValueTask DisposeAsync() => Engines.DisposeAsync();
}
