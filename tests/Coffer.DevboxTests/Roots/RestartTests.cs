using System.Diagnostics;
using Coffer.Devboxes.Roots;
using static Coffer.DevboxTests.Roots.Showing;

namespace Coffer.DevboxTests.Roots;

/// <summary>After a restart each running devbox is whole, and nothing else is left.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task An_orderly_end_unmounts_everything_and_the_next_start_mounts_it_with_its_changes()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        DevboxRoot devbox = folder.Box(1);
        using (MountedArchives archives = folder.Open(CopyOnWriteWay.Overlay))
        {
            await archives.ShowAsync(devbox);
            MountedFolder.Run(devbox, Data, "echo mine >> notes.txt; rm run.sh");
        }

        Assert.Empty(folder.Mounts());
        using MountedArchives again = folder.Open(CopyOnWriteWay.Overlay);
        Assert.Empty(again.Recover([devbox]));

        Assert.Single(folder.Mounts());
        Assert.Equal("as stored\nmine\n", MountedFolder.Run(devbox, Data, "cat notes.txt; test ! -e run.sh"));
        Assert.Equal($"{devbox.Uid}\n", MountedFolder.Run(devbox, Data, "stat -c %u gone.txt"));
        MountedFolder.Run(devbox, Data, "echo more >> gone.txt");
    }

    [Fact]
    public async Task What_a_command_from_before_still_holds_is_mounted_again_beside_it()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        DevboxRoot devbox = folder.Box(1);
        using (MountedArchives archives = folder.Open(CopyOnWriteWay.Overlay))
        {
            await archives.ShowAsync(devbox);
            Process command = folder.Start(devbox, Data, "exec 3>> notes.txt; echo open; read wait");
            Assert.Equal("open", command.StandardOutput.ReadLine());
        }

        using MountedArchives again = folder.Open(CopyOnWriteWay.Overlay);
        Assert.Empty(again.Recover([devbox]));

        Assert.Single(folder.Mounts());
        MountedFolder.Run(devbox, Data, "echo mine >> notes.txt");
        again.Detach(devbox);
    }

    [Fact]
    public async Task After_a_kill_running_devboxes_are_whole_and_the_rest_is_gone()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        DevboxRoot running = folder.Box(1), ended = folder.Box(2);
        using (var server = new ChildServer(folder.Folder, MountedFolder.FirstUid))
        {
            server.Ask($"attach {running.Id} {Data}", "attached");
            server.Ask($"attach {ended.Id} {Data}", "attached");
            server.Ask($"stall dbx_3 {Data}", "begun");
            server.Kill();
        }

        Assert.Equal(2, folder.Mounts().Count);
        Assert.Single(Directory.GetDirectories(folder.SharedPath, ".new-*"));
        RunAsServer(running, "echo mine >> notes.txt");

        using MountedArchives again = folder.Open(CopyOnWriteWay.Overlay);
        Assert.Empty(again.Recover([running]));
        await again.Quiet;

        Assert.Contains($"{running.Id}/root{Data}", Assert.Single(folder.Mounts()), StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(folder.SharedPath));
        Assert.Equal("as stored\nmine\n", RunAsServer(running, "cat notes.txt"));

        again.Detach(running);
        await again.Quiet;
        Assert.Empty(folder.Mounts());
        Assert.Empty(Directory.GetDirectories(folder.SharedPath));

        // The child gives all of them one user.
        static string RunAsServer(DevboxRoot devbox, string command) =>
            MountedFolder.Run(devbox with { Uid = MountedFolder.FirstUid }, Data, command);
    }

    [Fact]
    public async Task A_mount_that_a_command_moved_stays_where_it_is()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        DevboxRoot devbox = folder.Box(1);
        string data = "/home/user/a/data";
        using (MountedArchives archives = folder.Open(CopyOnWriteWay.Overlay))
        {
            await archives.ShowAsync(devbox, data);
            MountedFolder.Run(devbox, "/home/user", "mv a b; ln -s / a");
            MountedArchives next = folder.Open(CopyOnWriteWay.Overlay);
            Assert.Empty(next.Recover([devbox]));
            Assert.Contains("/home/user/b/data", Assert.Single(folder.Mounts()), StringComparison.Ordinal);
            next.Detach(devbox);
        }

        Assert.Empty(folder.Mounts());
    }

    [Theory]
    [InlineData(nameof(CopyOnWriteWay.Overlay))]
    [InlineData(nameof(CopyOnWriteWay.Copy))]
    public async Task What_a_power_cut_may_have_torn_is_not_used_again(string how)
    {
        CopyOnWriteWay way = Enum.Parse<CopyOnWriteWay>(how);
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        DevboxRoot torn = folder.Box(1), safe = folder.Box(2);
        using (MountedArchives archives = folder.Open(way))
        {
            await archives.ShowAsync(torn, blob: "torn");
            await archives.ShowAsync(safe, blob: "safe");
            await archives.Quiet;
        }

        // The machine was started anew; of one tree it is not known that it was durable before.
        foreach (string state in Directory.GetFiles(folder.Folder, "*.json", SearchOption.AllDirectories))
        {
            File.WriteAllText(state, File.ReadAllText(state).Replace(Boot.Id, "another", StringComparison.Ordinal));
        }

        string tornTree = Path.Combine(folder.SharedPath, SharedTreeKey.Of("tar", "torn").Value);
        File.Delete(Path.Combine(tornTree, "settled"));
        File.Delete(Path.Combine(torn.Folder, "mount-1.settled"));

        using MountedArchives again = folder.Open(way);
        Assert.Equal([torn], again.Recover([torn, safe]));
        await again.Quiet;

        Assert.False(Directory.Exists(tornTree));
        Assert.Equal("as stored\n", MountedFolder.Run(safe, Data, "cat notes.txt"));
    }

    [Fact]
    public async Task A_tree_of_this_run_of_the_machine_is_whole_before_it_is_durable()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        DevboxRoot devbox = folder.Box(1);
        using (MountedArchives archives = folder.Open(CopyOnWriteWay.Overlay))
        {
            await archives.ShowAsync(devbox);
            await archives.Quiet;
        }

        string mark = Path.Combine(Directory.GetDirectories(folder.SharedPath).Single(), "settled");
        File.Delete(mark);
        using MountedArchives again = folder.Open(CopyOnWriteWay.Overlay);
        Assert.Empty(again.Recover([devbox]));
        await again.Quiet;

        Assert.True(File.Exists(mark));
    }

    [Fact]
    public async Task A_devbox_whose_tree_is_gone_is_lost_and_has_nothing_mounted()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        DevboxRoot devbox = folder.Box(1);
        using (MountedArchives archives = folder.Open(CopyOnWriteWay.Overlay))
        {
            await archives.ShowAsync(devbox, blob: "kept");
            await archives.ShowAsync(devbox, "/home/user/other", blob: "gone", number: 2);
        }

        Directory.Delete(Path.Combine(folder.SharedPath, SharedTreeKey.Of("tar", "gone").Value), recursive: true);
        using MountedArchives again = folder.Open(CopyOnWriteWay.Overlay);
        Assert.Equal([devbox], again.Recover([devbox]));
        await again.Quiet;

        Assert.Empty(folder.Mounts());
        Assert.Empty(Directory.GetDirectories(folder.SharedPath));
    }

    [Fact]
    public void What_a_killed_start_left_of_its_probe_is_removed()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        string left = Path.Combine(folder.Folder, ".probe-left");
        Directory.CreateDirectory(Path.Combine(left, "devbox"));
        Assert.Equal(0, Tool.Run("mount", "-t", "tmpfs", "coffer-left", Path.Combine(left, "devbox")));

        using MountedArchives archives = folder.Open();

        Assert.Empty(folder.Mounts());
        Assert.False(Directory.Exists(left));
    }
}
