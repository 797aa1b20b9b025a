using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.StorageCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Bytes that the disk lost or changed are the server's failure, never a missing object: clients would take that for deleted.</summary>
public sealed class LostBytesTests(OwnServer server) : IClassFixture<OwnServer>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_object_whose_bytes_are_lost_or_wrong_is_answered_with_500(bool lost)
    {
        string bucket = await server.Api.NewBucketAsync();
        string file = await BlobFiles.MadeByAsync(server.Process, async () =>
            (await server.Api.SendAsync("POST", $"{Root}/object/{bucket}/a", new ByteArrayContent(new byte[100_000]))).Expect(200));
        string url = await server.Api.SignedUrlAsync(bucket, "a");
        if (lost)
        {
            File.Delete(file);
        }
        else
        {
            byte[] bytes = await File.ReadAllBytesAsync(file);
            bytes[100] ^= 1; // in the first block: a later one is found after the headers
            await File.WriteAllBytesAsync(file, bytes);
        }

        foreach (Answer answer in (Answer[])[await server.Api.ReadAsync(bucket, "a"), await server.Api.WithKey(null).GetAsync(url)])
        {
            answer.ExpectRefusal(500, "InternalError", "Internal", http: 500);
            Assert.Equal((null, null), (answer.Header("ETag"), answer.Header("Expires")));
        }

        (await server.Api.InfoAsync(bucket, "a")).Expect(200);
        Assert.Equal(["a"], await server.Api.NamesAsync(bucket));
        (await server.Api.DeleteAsync($"{Root}/object/{bucket}/a")).Expect(200);
    }
}
