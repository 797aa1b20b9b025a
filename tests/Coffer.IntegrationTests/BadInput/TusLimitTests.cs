using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;
using static Coffer.IntegrationTests.Storage.TusCalls;

namespace Coffer.IntegrationTests.BadInput;

/// <summary>Uploads in pieces that are longer than the installation or the bucket takes.</summary>
public sealed class TusLimitTests(TusLimitTests.SmallServer server) : IClassFixture<TusLimitTests.SmallServer>
{
    private const int Limit = 200_000;
    private const string TooLarge = "Maximum size exceeded";

    public static TheoryData<int, long?> Limits => new() { { Limit, null }, { 1000, 1000 } };

    [Theory, MemberData(nameof(Limits))]
    public async Task Exactly_the_limit_is_taken_and_no_byte_more(int limit, long? bucketLimit)
    {
        string bucket = await server.Api.NewBucketAsync(sizeLimit: bucketLimit);
        byte[] bytes = Bytes.Random(limit);

        (await server.Api.BeginAsync(bucket, "more", limit + 1)).ExpectTus(413, TooLarge);
        string upload = await server.Api.NewUploadAsync(bucket, "k", limit);

        Assert.Equal("1", (await server.Api.AppendAsync(upload, 0, bytes)).Expect(204).Header("Tus-Complete"));
        Assert.Equal(bytes, (await server.Api.ReadAsync(bucket, "k")).Body);
        Assert.Equal(["k"], await server.Api.NamesAsync(bucket));
    }

    [Theory, MemberData(nameof(Limits))]
    public async Task A_length_that_is_said_late_or_never_passes_no_limit(int limit, long? bucketLimit)
    {
        string bucket = await server.Api.NewBucketAsync(sizeLimit: bucketLimit);
        string upload = await server.Api.NewUploadAsync(bucket, "k", null);
        byte[] bytes = Bytes.Random(limit + 1);

        (await server.Api.AppendAsync(upload, 0, [], ("Upload-Length", $"{limit + 1}"))).ExpectTus(413, TooLarge);
        (await server.Api.AppendAsync(upload, 0, bytes)).ExpectTus(413, TooLarge);
        (await server.Api.SendAsync("PATCH", upload, StorageCalls.Unsized(bytes, PieceType), [("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0")])).ExpectTus(413, TooLarge);
        Assert.Equal(0, await server.Api.OffsetAsync(upload));
        (await server.Api.AppendAsync(upload, 0, bytes[..limit])).Expect(204);
        (await server.Api.AppendAsync(upload, limit, [1])).ExpectTus(413, TooLarge);
        Assert.Equal("1", (await server.Api.AppendAsync(upload, limit, [], ("Upload-Length", $"{limit}"))).Expect(204).Header("Tus-Complete"));

        Assert.Equal(bytes[..limit], (await server.Api.ReadAsync(bucket, "k")).Body);
    }

    [Fact]
    public async Task An_installation_that_takes_less_after_a_restart_refuses_the_rest()
    {
        string bucket = await server.Api.NewBucketAsync();
        string upload = await server.Api.NewUploadAsync(bucket, "k", Limit);
        byte[] bytes = Bytes.Random(Limit);
        (await server.Api.AppendAsync(upload, 0, bytes[..1000])).Expect(204);

        await server.Process.StopAsync();
        await server.Process.StartAgainAsync(("COFFER_MAX_OBJECT_BYTES", $"{Limit - 1}"));
        Assert.Equal($"{Limit - 1}", (await server.Api.SendAsync("OPTIONS", TusCalls.Path)).Expect(204).Header("Tus-Max-Size"));
        (await server.Api.AppendAsync(upload, 1000, bytes[1000..])).ExpectTus(413, TooLarge);
        (await server.Api.ReadAsync(bucket, "k")).ExpectRefusal(404, "NoSuchKey");
        await server.Process.StopAsync();
        await server.Process.StartAgainAsync();

        (await server.Api.AppendAsync(upload, 1000, bytes[1000..])).Expect(204);
        Assert.Equal(bytes, (await server.Api.ReadAsync(bucket, "k")).Body);
    }

    public sealed class SmallServer : OwnServer
    {
        protected override ServerSetup Setup => new ServerSetup().With("COFFER_MAX_OBJECT_BYTES", $"{Limit}");
    }
}
