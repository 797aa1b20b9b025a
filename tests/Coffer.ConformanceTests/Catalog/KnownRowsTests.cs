using Coffer.Catalog.Sqlite.Readers;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>What the embedded catalog remembers of small tables, and when it must not.</summary>
public sealed class KnownRowsTests
{
    private readonly KnownRows<int, string> _rows = new(capacity: 3);

    [Fact]
    public void A_row_is_kept_and_a_missing_one_is_not()
    {
        Keep(1, "a");
        Keep(2, null);

        Assert.True(_rows.TryFind(1, out string? row, out _));
        Assert.Equal("a", row);
        Assert.False(_rows.TryFind(2, out _, out _));
    }

    [Fact]
    public async Task What_was_read_before_a_change_is_not_kept_after_it()
    {
        _rows.TryFind(1, out _, out long version);

        await _rows.ChangeAsync(() => Task.FromResult(true));
        _rows.Add(1, "old", version);

        Assert.False(_rows.TryFind(1, out _, out _));
    }

    [Fact]
    public async Task While_a_change_runs_nothing_is_known_and_nothing_is_kept()
    {
        Keep(1, "old");
        var running = new TaskCompletionSource<bool>();
        Task<bool> change = _rows.ChangeAsync(() => running.Task);

        Assert.False(_rows.TryFind(1, out _, out _));
        Keep(1, "old");
        Assert.False(_rows.TryFind(1, out _, out _));

        running.SetException(new IOException("planted"));
        await Assert.ThrowsAsync<IOException>(() => change);
        Keep(1, "new");
        Assert.True(_rows.TryFind(1, out string? row, out _));
        Assert.Equal("new", row);
    }

    [Fact]
    public void It_keeps_no_more_than_its_room()
    {
        for (int i = 0; i < 100; i++)
        {
            Keep(i, "a");
        }

        Assert.InRange(Enumerable.Range(0, 100).Count(i => _rows.TryFind(i, out _, out _)), 1, 3);
    }

    private void Keep(int key, string? row)
    {
        _rows.TryFind(key, out _, out long version);
        _rows.Add(key, row, version);
    }
}
