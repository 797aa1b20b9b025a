using Coffer.Devboxes.Roots;
using Coffer.DevboxTests.Child;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.DevboxTests.Roots;

/// <summary>Trees are extracted once, counted, bounded, and gone with their last devbox.</summary>
public sealed class SharedTreesTests : IAsyncDisposable
{
    private const long Plenty = 1L << 40;
    private static readonly SharedTreeKey Key = SharedTreeKey.Of("tgz", "blob-1", "blob-2");
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"coffer-{Guid.NewGuid():N}");
    private readonly Settling _settling = new(NullLogger.Instance);

    public async ValueTask DisposeAsync()
    {
        await _settling.Idle;
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Many_who_ask_at_once_wait_for_one_extraction()
    {
        SharedTrees trees = Trees();
        var gate = new TaskCompletionSource();
        var archive = new SampleArchive { Gate = gate.Task };
        Task<AcquiredTree?>[] asked =
        [
            .. from number in Enumerable.Range(0, 20)
               select trees.AcquireAsync(Key, $"dbx_{number}", 1, archive.Extract, CancellationToken.None),
        ];
        await archive.Begun.Task;
        Assert.DoesNotContain(asked, task => task.IsCompleted);

        gate.SetResult();
        AcquiredTree?[] got = await Task.WhenAll(asked);

        Assert.Equal(1, archive.Runs);
        Assert.Single(got.Distinct());
        Assert.True(got[0]!.Value.IsShared);
        Assert.Equal(archive.Text, File.ReadAllText(Path.Combine(got[0]!.Value.Folder.Tree, "notes.txt")));
    }

    [Fact]
    public async Task A_tree_stays_until_the_last_devbox_releases_it()
    {
        SharedTrees trees = Trees();
        var archive = new SampleArchive();
        AcquiredTree tree = (await trees.AcquireAsync(Key, "dbx_1", 1, archive.Extract, CancellationToken.None))!.Value;
        await trees.AcquireAsync(Key, "dbx_2", 1, archive.Extract, CancellationToken.None);
        await trees.AcquireAsync(Key, "dbx_2", 1, archive.Extract, CancellationToken.None); // mounted twice in one devbox

        trees.Release("dbx_2");
        await trees.Removed;
        Assert.True(Directory.Exists(tree.Folder.Tree));
        trees.Release("dbx_3");
        Assert.NotNull(trees.Find(Key.Value));

        trees.Release("dbx_1");
        Assert.Null(trees.Find(Key.Value));
        Assert.Equal(0, trees.TotalBytes);
        await trees.Removed;
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        await trees.AcquireAsync(Key, "dbx_1", 1, archive.Extract, CancellationToken.None);
        Assert.Equal(2, archive.Runs);
    }

    [Fact]
    public async Task A_tree_is_not_taken_for_durable_because_an_earlier_one_of_its_name_was()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "name"));
        _settling.Later(Path.Combine(_folder, "name"), "settled");
        Directory.Move(Path.Combine(_folder, "name"), Path.Combine(_folder, "earlier"));
        Directory.CreateDirectory(Path.Combine(_folder, "name"));
        await _settling.Idle;

        Assert.True(File.Exists(Path.Combine(_folder, "earlier", "settled")));
        Assert.False(File.Exists(Path.Combine(_folder, "name", "settled")));
    }

    [Fact]
    public async Task An_archive_that_is_none_fails_everyone_who_waits_and_leaves_nothing()
    {
        SharedTrees trees = Trees();
        var gate = new TaskCompletionSource();
        var broken = new SampleArchive { Gate = gate.Task, Fault = new InvalidDataException("no archive") };
        Task<AcquiredTree?> first = trees.AcquireAsync(Key, "dbx_1", 1, broken.Extract, CancellationToken.None);
        await broken.Begun.Task;
        Task<AcquiredTree?> second = trees.AcquireAsync(Key, "dbx_2", 1, broken.Extract, CancellationToken.None);
        gate.SetResult();

        await Assert.ThrowsAsync<InvalidDataException>(() => first);
        await Assert.ThrowsAsync<InvalidDataException>(() => second);
        Assert.Equal(1, broken.Runs);
        await trees.Removed;
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        Assert.NotNull(await trees.AcquireAsync(Key, "dbx_3", 1, new SampleArchive().Extract, CancellationToken.None));
    }

    [Fact]
    public async Task Who_waits_for_one_who_gives_up_extracts_it_himself()
    {
        SharedTrees trees = Trees();
        using var cancellation = new CancellationTokenSource();
        var given = new SampleArchive { Gate = new TaskCompletionSource().Task };
        var archive = new SampleArchive();
        Task<AcquiredTree?> first = trees.AcquireAsync(Key, "dbx_1", 1, given.Extract, cancellation.Token);
        await given.Begun.Task;
        Task<AcquiredTree?> second = trees.AcquireAsync(Key, "dbx_2", 1, archive.Extract, CancellationToken.None);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.True((await second)!.Value.IsShared);
        Assert.Equal(1, archive.Runs);
    }

    [Fact]
    public async Task Who_gives_up_waiting_does_not_stop_the_extraction()
    {
        SharedTrees trees = Trees();
        using var cancellation = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        var archive = new SampleArchive { Gate = gate.Task };
        Task<AcquiredTree?> first = trees.AcquireAsync(Key, "dbx_1", 1, archive.Extract, CancellationToken.None);
        await archive.Begun.Task;
        Task<AcquiredTree?> second = trees.AcquireAsync(Key, "dbx_2", 1, archive.Extract, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);

        gate.SetResult();
        Assert.NotNull(await first);
    }

    [Fact]
    public async Task Above_the_ceiling_nothing_is_shared()
    {
        SharedTrees trees = Trees(maxBytes: 1 << 20);
        var archive = new SampleArchive();

        Assert.Null(await trees.AcquireAsync(Key, "dbx_1", 2 << 20, archive.Extract, CancellationToken.None));
        Assert.Equal(0, archive.Runs);
        var large = new SampleArchive(more: 300); // more than a mebibyte, which is known when it is extracted
        AcquiredTree tree = (await trees.AcquireAsync(Key, "dbx_1", 1, large.Extract, CancellationToken.None))!.Value;

        Assert.False(tree.IsShared);
        Assert.Equal(0, trees.TotalBytes);
        trees.Discard(tree);
        await trees.Removed;
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        Assert.True((await trees.AcquireAsync(Key, "dbx_1", 1, archive.Extract, CancellationToken.None))!.Value.IsShared);
        Assert.InRange(trees.TotalBytes, 40_000, 1 << 20);
    }

    [Fact]
    public async Task A_start_keeps_what_is_used_and_whole_and_drops_the_rest()
    {
        SharedTrees trees = Trees();
        SharedTreeKey unused = SharedTreeKey.Of("tar", "unused"), halfway = SharedTreeKey.Of("tar", "halfway");
        await trees.AcquireAsync(Key, "dbx_1", 1, new SampleArchive().Extract, CancellationToken.None);
        await trees.AcquireAsync(unused, "dbx_2", 1, new SampleArchive().Extract, CancellationToken.None);
        TreeFolder.Begin(Path.Combine(_folder, halfway.Value));
        TreeFolder.Begin(Path.Combine(_folder, ".new-1"));
        await _settling.Idle;

        SharedTrees next = Trees();
        Assert.Equal(3, next.Recover([("dbx_1", Key.Value), ("dbx_3", Key.Value), ("dbx_1", halfway.Value)]));
        await next.Removed;

        Assert.Equal([Path.Combine(_folder, Key.Value)], Directory.GetFileSystemEntries(_folder));
        Assert.Equal(trees.TotalBytes / 2, next.TotalBytes);
        next.Release("dbx_1");
        Assert.NotNull(next.Find(Key.Value));
        next.Release("dbx_3");
        Assert.Null(next.Find(Key.Value));
        await next.Removed;
    }

    [Fact]
    public void Keys_tell_kinds_and_contents_apart_and_nothing_else()
    {
        Assert.Equal(SharedTreeKey.Of("tar", "a", "b"), SharedTreeKey.Of("tar", "a", "b"));
        SharedTreeKey[] keys =
        [
            SharedTreeKey.Of("tar", "a", "b"), SharedTreeKey.Of("tar", "b", "a"), SharedTreeKey.Of("tgz", "a", "b"),
            SharedTreeKey.Of("tar", "ab"),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Matches("^[0-9a-f]{40}$", key.Value));
    }

    private SharedTrees Trees(long maxBytes = Plenty) => new(_folder, maxBytes, _settling, NullLogger.Instance);
}
