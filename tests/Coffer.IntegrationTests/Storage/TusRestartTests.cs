using Coffer.IntegrationTests.Server;
using static Coffer.IntegrationTests.Storage.TusCalls;

namespace Coffer.IntegrationTests.Storage;

/// <summary>Resumable uploads over the end of the server, behind a public address of its own.</summary>
public sealed class TusRestartTests : OwnServer
{
    protected override ServerSetup Setup => new ServerSetup().With("COFFER_PUBLIC_URL", "https://files.example/base");

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_kill_and_the_upload_goes_on()
    {
        byte[] bytes = new byte[900_000];
        new Random(7).NextBytes(bytes);
        string bucket = await Api.NewBucketAsync();
        Answer begun = (await Api.BeginAsync(bucket, "k", bytes.Length)).Expect(201);
        Assert.StartsWith($"https://files.example/base{TusCalls.Path}/", begun.Header("Location"), StringComparison.Ordinal);
        string upload = PathOf(begun)["/base".Length..];

        int offset = 0;
        foreach (int end in new[] { 1, 300_000, 600_001 })
        {
            (await Api.AppendAsync(upload, offset, bytes[offset..end])).Expect(204);
            await Process.KillAsync();
            await Process.StartAgainAsync();
            Assert.Equal(end, await Api.OffsetAsync(upload));
            offset = end;
        }

        Assert.Equal("1", (await Api.AppendAsync(upload, offset, bytes[offset..])).Expect(204).Header("Tus-Complete"));
        await Process.KillAsync();
        await Process.StartAgainAsync();

        Assert.Equal(bytes.Length, await Api.OffsetAsync(upload));
        Assert.Equal(bytes, (await Api.ReadAsync(bucket, "k")).Body);
        Assert.Empty(Directory.EnumerateFiles(System.IO.Path.Combine(Process.Data, "staging")));
    }
}
