using Coffer.DurabilityTests.Disk;
using Coffer.DurabilityTests.Shim;

namespace Coffer.DurabilityTests.Harness;

/// <summary>Disk errors on purpose: what the process sees, and what is then on the disk.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData("Write", "staging", true)]
    [InlineData("Resize", "staging", false)] // .NET takes a failed preallocation for a hint, unless space ran out
    [InlineData("Sync", "staging", true)]
    [InlineData("Sync", "blobs", true)]
    [InlineData("Rename", "blobs", true)]
    [InlineData("Create", "staging", true)]
    [InlineData("Write", "tiny.db-wal", true)]
    [InlineData("Sync", "tiny.db-wal", true)]
    public void The_named_operation_fails_and_the_store_is_whole_after_a_cut(string operation, string path, bool seen)
    {
        using var disk = new ShimmedDisk();
        disk.Fail(new FaultPlan(Enum.Parse<DiskOperations>(operation), At: 2, DiskError.InputOutput) { PathContains = path });

        (List<long> acknowledged, string errors) = StandIn.Run(disk, Slip.None, count: 5);

        Assert.Equal(1, disk.FaultsDelivered);
        Assert.Equal(seen, errors.Contains("Exception", StringComparison.Ordinal));
        disk.LosePower(Unsynced.Dropped);
        Assert.Empty(StandIn.Problems(StandIn.FolderOn(disk), acknowledged));
    }

    [Fact]
    public void Errors_last_from_the_nth_on_until_the_disk_is_healed()
    {
        using var disk = new ShimmedDisk();
        disk.Fail(new FaultPlan(DiskOperations.Write, At: 1, DiskError.NoSpace) { Onwards = true, PathContains = "staging" });

        string errors = StandIn.Run(disk, Slip.None, count: 3).Errors;
        Assert.Contains("No space left on device", errors, StringComparison.Ordinal);
        Assert.NotEqual(0, disk.FaultsDelivered);

        disk.LosePower(Unsynced.Dropped);
        Assert.Equal([1, 2, 3], StandIn.Run(disk, Slip.None, count: 3).Acknowledged);
    }

    [Fact]
    public void A_write_can_stop_half_way_before_the_error()
    {
        using var disk = new ShimmedDisk();
        disk.Fail(new FaultPlan(DiskOperations.Write, At: 1, DiskError.NoSpace) { HalfWritten = true, PathContains = "staging" });

        string errors = StandIn.Run(disk, Slip.None, count: 1).Errors;

        Assert.Contains("No space left on device", errors, StringComparison.Ordinal);
        JournalEntry[] writes =
        [
            .. disk.ReadJournal().Entries.Where(
                entry => entry.Kind == JournalKind.Write && entry.Path.Contains("staging", StringComparison.Ordinal)),
        ];
        Assert.Equal(2, writes.Length);
        Assert.Equal(writes[0].Length / 2, writes[0].Result);
        Assert.Equal(-(long)DiskError.NoSpace, writes[1].Result);
    }

    [Fact]
    public void What_a_failed_sync_should_have_covered_is_not_brought_to_the_disk_by_the_next_one()
    {
        using var disk = new ShimmedDisk();
        string folder = StandIn.FolderOn(disk);
        string file = Path.Combine(folder, "file");
        disk.Fail(new FaultPlan(DiskOperations.Sync, At: 1, DiskError.InputOutput) { PathContains = "file" });

        Assert.Equal("sync failed, sync passed", StandIn.Say(disk, "sync-twice", folder));
        Assert.Equal("first second", File.ReadAllText(file)); // the page cache still has it
        disk.LosePower(Unsynced.Dropped);

        Assert.Equal("\0\0\0\0\0\0second", File.ReadAllText(file));
    }

    [Fact]
    public void Operations_are_counted_from_outside_without_a_journal()
    {
        using var disk = new ShimmedDisk();
        var start = StandIn.Put(disk, Slip.None, count: 6);
        disk.Attach(start, journaled: false);

        StandIn.Run(start);

        Assert.Empty(disk.ReadJournal().Entries);
        Assert.Equal(4, disk.Counts.Renames); // ids 3 and 6 are kept in their rows
        Assert.InRange(disk.Counts.Syncs, 4 * 2 + 6, 4 * 2 + 6 + 16); // the rest is the making of folder and database
    }
}
