using Coffer.Client;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>The server goes away and comes back on the same folder; a caller of the client notices no more than the wait.</summary>
public sealed class RestartTests(OwnServer server) : IClassFixture<OwnServer>
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_call_to_a_server_that_is_down_succeeds_once_it_is_back(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        StorageObject stored = await coffer.StorageObjects.UploadFromTextAsync("bytes", "a");
        await server.Process.StopAsync();

        Task<ObjectView> waiting = Twin.Run(async, () => stored.GetInfoAsync(), () => stored.GetInfo());
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        await server.Process.StartAgainAsync();

        Assert.Equal(stored.Id, (await waiting).Id);
    }

    [Theory]
    [InlineData(true, true), InlineData(false, true), InlineData(true, false)]
    public async Task A_create_that_is_repeated_over_a_restart_makes_no_twin(bool async, bool named)
    {
        string name = $"once-{Guid.NewGuid():N}";
        await using var relay = new LossyRelay(server.Process, async () =>
        {
            await server.Process.StopAsync();
            await server.Process.StartAgainAsync();
        });
        using CofferClient coffer = SdkClient.For(server.Api, options => options.BaseUrl = relay.Url);
        var wanted = new ObjectCreateRequest { Name = name, ContentType = "text" };
        var once = new RequestOptions { IdempotencyKey = named ? $"key of {name}" : null }; // without one, the client makes one for each call

        ObjectView made = await Twin.Run(async, () => coffer.Objects.CreateAsync(wanted, once), () => coffer.Objects.Create(wanted, once));

        Assert.Equal(1, relay.Lost);
        Assert.NotNull(made.UploadUrl);
        ObjectPage page = await coffer.Objects.ListAsync(new() { Name = name });
        Assert.Equal(made.Id, Assert.Single(page.Objects).Id);
        if (named)
        {
            Assert.Equal(made.Id, (await coffer.Objects.CreateAsync(wanted, once)).Id);
        }
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_upload_over_which_the_server_is_killed_is_sent_again_and_arrives_whole(bool async)
    {
        byte[] bytes = Bytes.Random(30_000_000);
        using CofferClient coffer = SdkClient.For(server.Api);
        int kills = 0;
        using var content = new Interrupted(bytes, async () =>
        {
            kills++;
            await server.Process.KillAsync();
            await server.Process.StartAgainAsync();
        });

        StorageObject stored = await Twin.Run(
            async,
            () => coffer.StorageObjects.UploadFromStreamAsync(content, "a", "binary"),
            () => coffer.StorageObjects.UploadFromStream(content, "a", "binary"));

        Assert.Equal(1, kills);
        byte[] back = await stored.DownloadAsBytesAsync();
        Assert.True(bytes.AsSpan().SequenceEqual(back));
        Assert.Equal(1, (await coffer.Objects.ListAsync(new() { Search = stored.Id })).TotalCount);
        await stored.DeleteAsync();
    }

    /// <summary>Something happens when half of it was read for the first time.</summary>
    private sealed class Interrupted(byte[] bytes, Func<Task> happen) : MemoryStream(bytes)
    {
        private Func<Task>? _happen = happen;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await MaybeAsync();
            return base.Read(buffer.Span);
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            MaybeAsync().GetAwaiter().GetResult();
            return base.Read(buffer, offset, count);
        }

        private Task MaybeAsync() =>
            Position > Length / 2 && Interlocked.Exchange(ref _happen, null) is { } happens ? Task.Run(happens) : Task.CompletedTask;
    }
}
