using System.Text.Json;
using Coffer.DurabilityTests.Shim;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>The wall clock jumps under a running server, forward and back.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task After_a_jump_forward_expired_objects_are_gone_at_once_but_nothing_is_removed_until_somebody_confirms()
    {
        using var disk = new ShimmedDisk();
        await using CofferProcess server = Serve.On(disk, journaled: false);
        await server.StartAgainAsync();
        Api api = server.Api;
        string kept = await api.StoreAsync("kept", "kept");
        string brief = await api.StoreAsync("brief"u8.ToArray(), new { name = "brief", content_type = "text", ttl_ms = 60_000, is_public = true });
        string large = await api.StoreAsync(new Content(300_000, 1).Bytes(), new { name = "large", content_type = "binary", ttl_ms = 60_000 });
        CreatedObject pending = await api.CreateAsync(new { name = "pending", content_type = "text", ttl_ms = 60_000 });
        string[] links = [await api.DownloadUrlAsync(brief), await api.DownloadUrlAsync(large)];
        foreach (string link in links) (await api.GetAsync(link)).Expect(200);
        Assert.False((await ReapAsync(server, confirm: false)).Flag("holding")); // a pass that has seen the clock as it was

        disk.Clock.Offset = TimeSpan.FromMinutes(10);

        foreach (string id in new[] { brief, large, pending.Id })
        {
            Assert.Equal("DELETED", (await api.RetrieveAsync(id)).Expect(200).Json.Text("state"));
            (await api.GetAsync($"/v1/objects/{id}/download")).ExpectError(410, "object_gone");
        }

        foreach (string link in links) (await api.GetAsync(link)).ExpectError(410, "object_gone");
        (await api.UploadAsync(pending.UploadUrl, "late")).ExpectError(410, "object_gone");
        (await api.GetAsync($"/v1/objects/{brief}/content")).Expect(404);
        JsonElement list = (await api.GetAsync("/v1/objects")).Expect(200).Json;
        Assert.Equal([kept], list.Ids());
        Assert.Equal(1, list.Number("total_count"));
        Assert.Empty((await api.GetAsync("/v1/objects/list_public")).Expect(200).Json.Ids());
        Assert.Equal("kept", (await api.DownloadAsync(kept)).Expect(200).Text);

        JsonElement held = await ReapAsync(server, confirm: false);
        Assert.Equal((true, 0L), (held.Flag("holding"), held.Number("removed")));
        disk.Clock.Offset += TimeSpan.FromHours(2); // the hold is an hour by the other clock
        held = await ReapAsync(server, confirm: false);
        Assert.Equal((true, 0L), (held.Flag("holding"), held.Number("removed")));
        Assert.Equal(3, (await StoreCheck.MetricsAsync(server))["coffer_queue_length{queue=\"expired\"}"]);
        Assert.Single(FolderCheck.BlobFiles(server.Data));

        JsonElement confirmed = await ReapAsync(server, confirm: true);
        Assert.Equal((false, 3L), (confirmed.Flag("holding"), confirmed.Number("removed")));
        Assert.Equal(0, (await StoreCheck.MetricsAsync(server))["coffer_queue_length{queue=\"expired\"}"]);
        disk.Clock.Offset += Grace * 1.5;
        for (int i = 0; i < 200 && FolderCheck.BlobFiles(server.Data).Length > 0; i++) await Task.Delay(200);
        Assert.Empty(FolderCheck.BlobFiles(server.Data));
        Assert.Equal("kept", (await api.DownloadAsync(kept)).Expect(200).Text);
        await server.StopAsync();
    }

    [Fact]
    public async Task When_the_clock_is_set_back_new_objects_still_come_first_over_kills_and_restarts_too()
    {
        using var disk = new ShimmedDisk();
        await using CofferProcess server = Serve.On(disk, journaled: false);
        await server.StartAgainAsync();
        List<string> ids = [await server.Api.StoreAsync("before", "before")];

        disk.Clock.Offset = -TimeSpan.FromMinutes(30);
        ids.Add(await server.Api.StoreAsync("behind", "behind"));
        ids.Add(await server.Api.StoreAsync("behind again", "behind"));
        await server.KillAsync();
        await server.StartAgainAsync();
        ids.Add(await server.Api.StoreAsync("after a kill", "kill"));
        (await server.Api.RemoveAsync((await server.Api.CreateAsync()).Id)).Expect(200);
        await server.StopAsync();
        await server.StartAgainAsync();
        ids.Add(await server.Api.StoreAsync("after a stop", "stop"));

        JsonElement list = (await server.Api.GetAsync("/v1/objects")).Expect(200).Json;
        Assert.Equal(ids.AsEnumerable().Reverse(), list.Ids());
        Assert.Equal(ids, ids.Order(StringComparer.Ordinal));
        long[] made = [.. list.Items("objects").Select(item => item.Number("create_time_ms")!.Value)];
        Assert.Equal(made.OrderDescending(), made);
        Assert.DoesNotContain("ahead of the clock", server.Log, StringComparison.Ordinal);

        disk.Clock.Offset = -TimeSpan.FromHours(3); // more than an hour is given up, and said
        await server.Api.StoreAsync("far behind", "far");
        await server.StopAsync(); // then its log is complete
        Assert.Contains("ahead of the clock", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_live_by_the_clock_as_it_is_now()
    {
        using var disk = new ShimmedDisk();
        await using CofferProcess server = Serve.On(disk, journaled: false);
        await server.StartAgainAsync();
        CreatedObject made = await server.Api.CreateAsync();
        disk.Clock.Offset = -TimeSpan.FromHours(2);
        (await server.Api.UploadAsync(made.UploadUrl, "content")).Expect(200);
        (await server.Api.CompleteAsync(made.Id)).Expect(200);
        string link = (await server.Api.GetAsync($"/v1/objects/{made.Id}/download?duration_seconds=60")).Expect(200).Json.Text("download_url")!;
        (await server.Api.GetAsync(link)).Expect(200);

        disk.Clock.Offset += TimeSpan.FromSeconds(55);
        (await server.Api.GetAsync(link)).Expect(200);
        disk.Clock.Offset += TimeSpan.FromSeconds(10);
        (await server.Api.GetAsync(link)).ExpectError(403, "signature_expired");
        disk.Clock.Offset = TimeSpan.FromHours(25);
        (await server.Api.UploadAsync(made.UploadUrl, "too late")).ExpectError(403, "signature_expired");
        await server.StopAsync();
    }

    private static async Task<JsonElement> ReapAsync(CofferProcess server, bool confirm) =>
        (await server.Operator.PostAsync("/admin/v1/reap", new { confirm })).Expect(200).Json;
}
