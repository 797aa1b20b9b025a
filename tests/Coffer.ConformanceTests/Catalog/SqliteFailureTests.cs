using Coffer.Catalog.Sqlite.Binding;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>What is known of a COMMIT by the code that it failed with.</summary>
public sealed class SqliteFailureTests
{
    [Theory]
    [InlineData(13, true, false)] // FULL: the log has no room for the last page
    [InlineData(5, false, false)] // BUSY: it never began
    [InlineData(10 | (19 << 8), true, true)] // IOERR_SHMSIZE: the last page is synced, and only the shared memory has no room
    [InlineData(10 | (4 << 8), false, true)] // IOERR_FSYNC
    [InlineData(10 | (3 << 8), false, true)] // IOERR_WRITE
    public void Nothing_was_written_only_when_that_is_certain(int code, bool isFull, bool leavesCommitOpen)
    {
        var failure = new SqliteFailure(code, "planted");

        Assert.Equal((isFull, leavesCommitOpen), (failure.IsFull, failure.LeavesCommitOpen));
    }
}
