using System.Text;
using Coffer.DurabilityTests.Disk;

namespace Coffer.DurabilityTests.Harness;

/// <summary>What the model says a disk may hold.</summary>
public sealed class DiskImageTests : IDisposable
{
    private const uint FileMode = 0x81A4, DirectoryMode = 0x41ED;

    private readonly ScratchFolder _folder = new();
    private readonly DiskImage _image = new();
    private long _syncs;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_synced_file_without_a_synced_name_is_gone()
    {
        Create("a", inode: 1, "bytes");
        Sync("a", inode: 1);

        Assert.Equal("", Dropped());
    }

    [Fact]
    public void A_synced_name_without_synced_bytes_is_an_empty_file()
    {
        Create("a", inode: 1, "bytes");
        SyncRoot();

        Assert.Equal("a=", Dropped());
    }

    [Fact]
    public void Bytes_written_while_a_sync_runs_are_not_covered_by_it()
    {
        Create("a", inode: 1, "old");
        SyncRoot();
        Apply(JournalKind.SyncBegin, "a", inode: 1, offset: 99);
        Write(inode: 1, "new");
        Apply(JournalKind.SyncEnd, "a", inode: 1, offset: 99);

        Assert.Equal("a=old", Dropped());
    }

    [Fact]
    public void An_unsynced_removal_comes_back_or_stays_away()
    {
        Create("a", inode: 1, "bytes");
        Sync("a", inode: 1);
        SyncRoot();
        Apply(JournalKind.Unlink, "a");

        Assert.Equal("a=bytes", Dropped());
        Assert.Equal(["", "a=bytes"], Sampled());
    }

    [Fact]
    public void An_unsynced_rename_leaves_the_old_or_the_new_file_and_never_both_names_or_none()
    {
        Create("a", inode: 1, "old");
        Sync("a", inode: 1);
        Create("b", inode: 2, "new");
        Sync("b", inode: 2);
        SyncRoot();
        Apply(JournalKind.Rename, "b", target: "a");

        Assert.Equal("a=old,b=new", Dropped());
        Assert.Equal(["a=new", "a=old,b=new"], Sampled());
    }

    [Fact]
    public void An_inode_number_that_is_used_again_is_another_file()
    {
        Create("a", inode: 1, "first");
        Sync("a", inode: 1);
        SyncRoot();
        Apply(JournalKind.Unlink, "a");
        Create("b", inode: 1, "second");
        Sync("b", inode: 1);

        Assert.Equal("a=first", Dropped());
        SyncRoot();
        Assert.Equal("b=second", Dropped());
    }

    [Fact]
    public void Pages_of_one_unsynced_write_have_their_own_lots_and_draw_the_same_ones_again()
    {
        Create("a", inode: 1, new string('x', 8 * 4096));
        SyncRoot();

        string[] contents = [.. Enumerable.Range(0, 20).Select(seed => After(Unsynced.Sampled(seed)))];

        Assert.Contains(contents, content => content.Contains("\0x", StringComparison.Ordinal));
        Assert.Equal(contents, Enumerable.Range(0, 20).Select(seed => After(Unsynced.Sampled(seed))));
    }

    [Fact]
    public void A_sync_of_everything_covers_names_and_bytes()
    {
        Apply(JournalKind.MakeDirectory, "d");
        Create("d/a", inode: 1, "bytes");
        Apply(JournalKind.SyncAllBegin, "", offset: 7);
        Assert.Equal("", Dropped());
        Apply(JournalKind.SyncEnd, "", offset: 7);

        Assert.Equal("d/a=bytes", Dropped());
    }

    private void Create(string path, ulong inode, string text)
    {
        Apply(JournalKind.Create, path, inode: inode);
        Write(inode, text);
    }

    private void Write(ulong inode, string text) => _image.Apply(new JournalEntry(
        JournalKind.Write, "", "", FileMode, inode, Offset: 0, text.Length, text.Length, Encoding.UTF8.GetBytes(text)));

    private void Sync(string path, ulong inode)
    {
        Apply(JournalKind.SyncBegin, path, inode: inode, offset: ++_syncs);
        Apply(JournalKind.SyncEnd, path, inode: inode, offset: _syncs);
    }

    private void SyncRoot()
    {
        Apply(JournalKind.SyncBegin, "", offset: ++_syncs, mode: DirectoryMode);
        Apply(JournalKind.SyncEnd, "", offset: _syncs);
    }

    private void Apply(
        JournalKind kind, string path, string target = "", ulong inode = 0, long offset = 0, uint mode = FileMode) =>
        _image.Apply(new JournalEntry(kind, path, target, mode, inode, offset, Length: 0, Result: 0, default));

    private string Dropped() => After(Unsynced.Dropped);

    /// <summary>The different outcomes of many lots.</summary>
    private string[] Sampled() =>
        [.. Enumerable.Range(0, 40).Select(seed => After(Unsynced.Sampled(seed))).Distinct().Order(StringComparer.Ordinal)];

    private string After(Unsynced unsynced)
    {
        string copy = Path.Combine(_folder.Path, Guid.NewGuid().ToString("N"));
        _image.WriteTo(copy, unsynced);
        return string.Join(',', Directory.GetFiles(copy, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetRelativePath(copy, path)}={File.ReadAllText(path)}"));
    }
}
