using Coffer.Access;
using Coffer.Catalog;
using Coffer.Devboxes;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

public abstract partial class CatalogConformance
{
    [Fact]
    public async Task A_devbox_keeps_all_that_was_said_of_it_over_reopening()
    {
        Devbox made = Box() with
        {
            Name = "box",
            Metadata = ObjectMetadata.FromStored("""{"a":"b"}"""),
            EnvironmentJson = """{"HOME":"/home/user"}""",
            LaunchJson = """{"keep_alive_time_seconds":60}""",
            MountsJson = """[{"type":"file_mount","target":"/a"}]""",
            HostUid = 1_700_000_001,
        };
        Assert.True((await Catalog.AddDevboxAsync(made, once: null, None)).WasMade);
        var running = new DevboxMove(DevboxStatus.Running, Catalog.NowMs);
        Assert.True((await Catalog.MoveDevboxAsync(made.Id, running, None)).Happened);
        await ReopenAsync();

        Devbox found = (await Catalog.FindDevboxAsync(made.Id, None))!;

        Assert.Equal("""{"a":"b"}""", found.Metadata!.Json);
        Assert.Equal([(DevboxStatus.Provisioning, made.CreatedAtMs), (DevboxStatus.Running, running.AtMs)], found.Transitions.Select(step => (step.Status, step.AtMs)));
        Assert.Equal(
            made with { Status = DevboxStatus.Running, Metadata = null, Transitions = [] }, found with { Metadata = null, Transitions = [] });
        Assert.Null(await Catalog.FindDevboxAsync(new DevboxId(made.Id.Value + 1), None));
    }

    [Fact]
    public async Task A_devbox_ends_once_and_for_ever()
    {
        Devbox made = Box();
        await Catalog.AddDevboxAsync(made, once: null, None);
        var failed = new DevboxMove(DevboxStatus.Failure, Catalog.NowMs) { FailureReason = DevboxFailureReason.OutOfDisk };
        (bool happened, Devbox? now) = await Catalog.MoveDevboxAsync(made.Id, failed, None);
        Assert.True(happened);
        Assert.Equal((DevboxStatus.Failure, DevboxFailureReason.OutOfDisk, failed.AtMs), (now!.Status, now.FailureReason, now.EndedAtMs));
        Assert.Equal(DevboxFailureReason.OutOfDisk, now.Transitions[^1].FailureReason);

        foreach (DevboxStatus status in (DevboxStatus[])[DevboxStatus.Running, DevboxStatus.Shutdown, DevboxStatus.Failure, DevboxStatus.Provisioning])
        {
            (happened, now) = await Catalog.MoveDevboxAsync(made.Id, new DevboxMove(status, Catalog.NowMs), None);
            Assert.False(happened);
            Assert.Equal(DevboxStatus.Failure, now!.Status);
        }

        (happened, now) = await Catalog.MoveDevboxAsync(new DevboxId(1), failed, None);
        Assert.Equal((false, null), (happened, now));
    }

    [Fact]
    public async Task A_running_devbox_is_not_made_running_again()
    {
        Devbox made = Box();
        await Catalog.AddDevboxAsync(made, once: null, None);
        var running = new DevboxMove(DevboxStatus.Running, Catalog.NowMs);
        Assert.True((await Catalog.MoveDevboxAsync(made.Id, running, None)).Happened);
        Assert.False((await Catalog.MoveDevboxAsync(made.Id, running, None)).Happened);
        Assert.Equal(2, (await Catalog.FindDevboxAsync(made.Id, None))!.Transitions.Count);
    }

    [Fact]
    public async Task A_devbox_past_its_keep_alive_time_is_shut_down_wherever_it_is_looked_at()
    {
        Devbox made = Box(keepAlive: TimeSpan.FromMinutes(1));
        await Catalog.AddDevboxAsync(made, once: null, None);
        await Catalog.MoveDevboxAsync(made.Id, new DevboxMove(DevboxStatus.Running, Catalog.NowMs), None);
        MoveClock(TimeSpan.FromMinutes(2));

        Devbox found = (await Catalog.FindDevboxAsync(made.Id, None))!;
        Assert.Equal((DevboxStatus.Shutdown, DevboxShutdownReason.KeepAliveTimeout), (found.Status, found.ShutdownReason));
        Assert.Equal(made.KeepAliveEndMs, found.EndedAtMs);
        Assert.Empty((await ListAsync(made.Account, DevboxStatus.Running)).Devboxes);
        Assert.Equal([made.Id], (await ListAsync(made.Account, DevboxStatus.Shutdown)).Devboxes.Select(box => box.Id));
        Assert.Equal([made.Id], (await Catalog.ListLiveDevboxesAsync(after: null, 10, None)).Select(box => box.Id)); // its files are there still

        (bool happened, Devbox? now) = await Catalog.MoveDevboxAsync(
            made.Id, new DevboxMove(DevboxStatus.Shutdown, Catalog.NowMs) { ShutdownReason = DevboxShutdownReason.ApiShutdown }, None);
        Assert.False(happened);
        Assert.Equal(DevboxShutdownReason.KeepAliveTimeout, now!.ShutdownReason);
        Assert.Empty(await Catalog.ListLiveDevboxesAsync(after: null, 10, None));
        Assert.Equal(3, (await Catalog.FindDevboxAsync(made.Id, None))!.Transitions.Count);
    }

    [Fact]
    public async Task Devboxes_are_listed_newest_first_page_by_page_and_by_account()
    {
        var boxes = new List<Devbox>();
        for (int i = 0; i < 5; i++)
        {
            boxes.Add(Box());
            await Catalog.AddDevboxAsync(boxes[i], once: null, None);
        }

        Devbox other = Box() with { Account = new AccountId(99) };
        await Catalog.AddDevboxAsync(other, once: null, None);
        await Catalog.MoveDevboxAsync(boxes[1].Id, new DevboxMove(DevboxStatus.Running, Catalog.NowMs), None);

        DevboxPage first = await ListAsync(boxes[0].Account, limit: 2);
        DevboxPage second = await ListAsync(boxes[0].Account, limit: 3, after: first.Devboxes[^1].Id);

        Assert.Equal((true, 5L, false), (first.HasMore, first.TotalCount!.Value, second.HasMore));
        Assert.Equal(boxes.Select(box => box.Id).Reverse(), first.Devboxes.Concat(second.Devboxes).Select(box => box.Id));
        Assert.Equal([boxes[1].Id], (await ListAsync(boxes[0].Account, DevboxStatus.Running)).Devboxes.Select(box => box.Id));
        Assert.Equal(1, (await ListAsync(boxes[0].Account, DevboxStatus.Running)).TotalCount);
        Assert.Empty((await ListAsync(boxes[0].Account, after: other.Id)).Devboxes); // another account's is unknown
        Assert.Equal(6, (await Catalog.ListLiveDevboxesAsync(after: null, 10, None)).Count);
        Assert.Equal([boxes[2].Id, boxes[3].Id], (await Catalog.ListLiveDevboxesAsync(boxes[1].Id, 2, None)).Select(box => box.Id));
    }

    [Fact]
    public async Task A_repeated_request_makes_no_second_devbox_until_the_first_is_forgotten()
    {
        Devbox made = Box();
        var once = new OnceToken(made.Account, "POST /v1/devboxes 1", [1, 2, 3]);
        Assert.True((await Catalog.AddDevboxAsync(made, once, None)).WasMade);

        CreatedDevbox again = await Catalog.AddDevboxAsync(Box(), once, None);
        Assert.Equal((false, made.Id), (again.WasMade, again.Devbox.Id));
        var refused = await Assert.ThrowsAsync<StoreException>(() => Catalog.AddDevboxAsync(Box(), once with { Digest = [9] }, None));
        Assert.Equal(StoreErrorCode.RequestIdReused, refused.Code);

        await Catalog.RemoveDevboxAsync(made.Id, None);
        await Catalog.RemoveDevboxAsync(made.Id, None);
        Assert.Null(await Catalog.FindDevboxAsync(made.Id, None));
        Assert.True((await Catalog.AddDevboxAsync(Box(), once, None)).WasMade);
    }

    [Fact]
    public async Task Devboxes_that_ended_long_ago_are_forgotten()
    {
        (Devbox old, Devbox live) = (Box(), Box());
        await Catalog.AddDevboxAsync(old, once: null, None);
        await Catalog.AddDevboxAsync(live, once: null, None);
        await Catalog.MoveDevboxAsync(old.Id, new DevboxMove(DevboxStatus.Shutdown, 1000), None);

        Assert.Equal(0, await Catalog.PurgeDevboxesAsync(1000, 10, None));
        Assert.Equal(1, await Catalog.PurgeDevboxesAsync(1001, 10, None));
        Assert.Null(await Catalog.FindDevboxAsync(old.Id, None));
        Assert.NotNull(await Catalog.FindDevboxAsync(live.Id, None));
    }

    private ValueTask<DevboxPage> ListAsync(AccountId account, DevboxStatus? status = null, int limit = 20, DevboxId? after = null) =>
        Catalog.ListDevboxesAsync(new DevboxQuery { Account = account, Status = status, Limit = limit, After = after, WithTotal = true }, None);

    private Devbox Box(TimeSpan? keepAlive = null)
    {
        var id = new DevboxId(Catalog.MintObjectId().Value);
        return new Devbox
        {
            Id = id,
            Account = new AccountId(1),
            LaunchJson = "{}",
            MountsJson = "[]",
            Status = DevboxStatus.Provisioning,
            Transitions = [new DevboxTransition(DevboxStatus.Provisioning, id.CreatedAtMs)],
            KeepAliveEndMs = id.CreatedAtMs + (long)(keepAlive ?? TimeSpan.FromHours(1)).TotalMilliseconds,
        };
    }
}
