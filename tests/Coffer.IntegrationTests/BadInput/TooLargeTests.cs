using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.BadInput;

public sealed class TooLargeTests(TooLargeTests.SmallServer server) : IClassFixture<TooLargeTests.SmallServer>
{
    private const int Limit = 200_000;

    [Theory]
    [InlineData(Limit, false), InlineData(Limit, true)]
    public async Task Exactly_the_limit_is_accepted(int size, bool chunked)
    {
        CreatedObject created = await server.Api.CreateAsync("a", "binary");

        (await PutAsync(created.UploadUrl, size, chunked)).Expect(200);

        Assert.Equal(size, (await server.Api.CompleteAsync(created.Id)).Expect(200).Json.Number("size_bytes"));
    }

    [Theory]
    [InlineData(Limit + 1, false), InlineData(Limit + 1, true), InlineData(20 * Limit, false), InlineData(20 * Limit, true)]
    public async Task More_than_the_limit_is_413_and_leaves_nothing_behind(int size, bool chunked)
    {
        CreatedObject created = await server.Api.CreateAsync("a", "binary");
        int before = BlobFiles.All(server.Process).Length;

        (await PutAsync(created.UploadUrl, size, chunked)).ExpectError(413, "too_large");

        (await server.Api.CompleteAsync(created.Id)).ExpectError(400, "nothing_uploaded");
        Assert.Equal(before, BlobFiles.All(server.Process).Length);
    }

    [Fact]
    public async Task A_refused_body_leaves_what_was_uploaded_before()
    {
        CreatedObject created = await server.Api.CreateAsync("a", "binary");
        (await server.Api.UploadAsync(created.UploadUrl, "small")).Expect(200);

        (await PutAsync(created.UploadUrl, Limit + 1, chunked: true)).Expect(413);

        (await server.Api.CompleteAsync(created.Id)).Expect(200);
        Assert.Equal("small", (await server.Api.DownloadAsync(created.Id)).Text);
    }

    private Task<Answer> PutAsync(string url, int size, bool chunked) =>
        server.Api.SendAsync("PUT", url, new ByteArrayContent(Bytes.Random(size)), chunked ? [("Transfer-Encoding", "chunked")] : []);

    public sealed class SmallServer : OwnServer
    {
        protected override ServerSetup Setup => new ServerSetup().With("COFFER_MAX_OBJECT_BYTES", "200000");
    }
}
