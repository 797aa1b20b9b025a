using System.Diagnostics;
using Coffer.Devboxes.Roots;
using static Coffer.DevboxTests.Roots.Showing;

namespace Coffer.DevboxTests.Roots;

/// <summary>How the mounts of devboxes stand among those of the machine.</summary>
public sealed class MountsTests
{
    [Fact]
    public async Task A_mount_has_no_set_uid_bits_and_no_devices_and_is_private()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        using MountedArchives archives = folder.Open(CopyOnWriteWay.Overlay);
        await archives.ShowAsync(folder.Box(1));

        string[] fields = Assert.Single(folder.Mounts()).Split(' ');

        Assert.Equal(["nodev", "nosuid"], fields[5].Split(',').Intersect(["nodev", "nosuid"]).Order());
        Assert.Equal("-", fields[6]); // no peers, no master
        Assert.Equal("coffer:dbx_1:1", fields[8]);
    }

    [Fact]
    public async Task A_set_uid_file_of_root_that_got_into_a_tree_gives_nobody_anything()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        using MountedArchives archives = folder.Open(CopyOnWriteWay.Overlay);
        DevboxRoot devbox = folder.Box(1);
        await archives.ShowAsync(devbox);
        string shared = Path.Combine(Assert.Single(Directory.GetDirectories(folder.SharedPath)), "tree", "id");
        File.Copy("/usr/bin/id", shared);
        File.SetUnixFileMode(shared, (UnixFileMode)0x9ED); // 4755

        Assert.Equal($"{devbox.Uid}\n", MountedFolder.Run(devbox, Data, "./id -u"));
    }

    [Fact]
    public async Task Detaching_does_not_wait_for_a_command_that_holds_files()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        using MountedArchives archives = folder.Open(CopyOnWriteWay.Overlay);
        DevboxRoot devbox = folder.Box(1);
        await archives.ShowAsync(devbox);
        Process command = folder.Start(devbox, Data, "exec 3< notes.txt; echo open; read wait; cat <&3");
        Assert.Equal("open", command.StandardOutput.ReadLine());

        archives.Detach(devbox);

        Assert.Empty(folder.Mounts());
        Assert.Empty(Directory.GetFileSystemEntries(MountedFolder.Inside(devbox, Data)));
        Directory.Delete(devbox.Folder, recursive: true);
        command.StandardInput.WriteLine();
        Assert.Equal("as stored", command.StandardOutput.ReadLine());
    }

    [Fact]
    public async Task Nothing_outside_is_unmounted_by_a_link_that_a_command_planted()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        using MountedArchives archives = folder.Open(CopyOnWriteWay.Overlay);
        DevboxRoot devbox = folder.Box(1), other = folder.Box(2);
        await archives.ShowAsync(other);
        await archives.ShowAsync(devbox, "/home/user/a/data");
        MountedFolder.Run(devbox, "/home/user", $"mv a b; ln -s {other.Root}/home/user a");

        archives.Detach(devbox);

        Assert.Contains($"{other.Id}/root{Data}", Assert.Single(folder.Mounts()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mv a \"$(printf '\\377\\376')\"")]
    [InlineData("d=$(printf 'd%.0s' $(seq 250)); for i in $(seq 20); do mkdir w && mv a w/$d && mv w a; done")]
    public async Task A_mount_is_found_under_names_that_are_no_text_and_paths_that_are_too_long(string command)
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        using MountedArchives archives = folder.Open(CopyOnWriteWay.Overlay);
        DevboxRoot devbox = folder.Box(1);
        await archives.ShowAsync(devbox, "/home/user/a/data");
        MountedFolder.Run(devbox, "/home/user", command);
        Assert.Single(folder.Mounts());

        archives.Detach(devbox);

        Assert.Empty(folder.Mounts());
    }

    [Fact]
    public void Where_mounts_are_shared_those_of_devboxes_are_seen_by_nobody_else()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        DevboxRoot devbox = folder.Box(1);
        string[] shared = ["unshare", "--mount", "--propagation", "shared"];
        using var server = new ChildServer(folder.Folder, MountedFolder.FirstUid, shared);
        using Process peer = Process.Start(new ProcessStartInfo(
            "nsenter",
            ["-t", $"{server.Id}", "-m", "unshare", "--mount", "--propagation", "unchanged", "sh", "-c", "echo here; cat"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("here", peer.StandardOutput.ReadLine());
        int before = MountsOf(peer.Id).Count();

        server.Ask($"attach {devbox.Id} {Data}", "attached");

        Assert.Single(MountsOf(server.Id), line => line.Contains("coffer:dbx_1:", StringComparison.Ordinal));
        Assert.Equal(before, MountsOf(peer.Id).Count());
        server.Ask($"detach {devbox.Id}", "detached");
        Assert.DoesNotContain(MountsOf(server.Id), line => line.Contains("coffer:", StringComparison.Ordinal));
        server.End();
        peer.StandardInput.Close();
        peer.WaitForExit();

        IEnumerable<string> MountsOf(int process) =>
            File.ReadAllLines($"/proc/{process}/mountinfo").Where(line => line.Contains(folder.Folder, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a,b:c d")]
    [InlineData("back\\slash")]
    [InlineData("ünï")]
    public async Task The_data_folder_may_have_any_name(string name)
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder(name: name);
        using MountedArchives archives = folder.Open();
        Assert.Equal(CopyOnWriteWay.Overlay, archives.Way);
        DevboxRoot devbox = folder.Box(1);
        await archives.ShowAsync(devbox);
        Assert.Single(folder.Mounts());

        archives.Detach(devbox);

        Assert.Empty(folder.Mounts());
    }

    [Fact]
    public void The_table_of_mounts_is_read_with_all_its_quirks()
    {
        const string Table =
            """
            27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
            40 27 254:0 /var/a\040b/devboxes /data\011\134\012x/devboxes rw shared:7 master:3 propagate_from:2 - ext4 /dev/vda rw
            41 40 0:50 / /data/devboxes/dbx_1/root/a rw - overlay coffer:dbx_1:0 rw,lowerdir=-
            """;

        IReadOnlyList<MountEntry> mounts = MountTable.Parse(Table);

        Assert.Equal(new MountEntry(27, 1, "254:0", "/", "/", false, "ext4", "/dev/vda"), mounts[0]);
        Assert.Equal(
            new MountEntry(40, 27, "254:0", "/var/a b/devboxes", "/data\t\\\nx/devboxes", true, "ext4", "/dev/vda"), mounts[1]);
        Assert.Equal("coffer:dbx_1:0", mounts[2].Source);
        Assert.True(mounts[2].IsBelow("/data/devboxes"));
        Assert.False(mounts[2].IsBelow("/data/devboxes/dbx_1/root/a"));
        Assert.False(mounts[2].IsBelow("/data/devbox"));
    }

    [Theory]
    [InlineData("/srv/devboxes", "254:0", true)]
    [InlineData("/srv/other", "254:0", false)] // a folder of the operator's, bound there
    [InlineData("/", "254:16", false)] // a volume of its own
    public void A_volume_of_the_operator_is_not_taken_for_our_own_mount(string root, string device, bool ours)
    {
        MountEntry[] table =
        [
            new(27, 1, "254:0", "/", "/", true, "ext4", "/dev/vda"),
            new(28, 27, "254:0", "/srv", "/data", true, "ext4", "/dev/vda"),
            new(29, 28, device, root, "/data/devboxes", false, "ext4", "/dev/vda"),
        ];

        Assert.Equal(ours, PrivateGround.IsGround(table, 29, "/data/devboxes"));
        Assert.False(PrivateGround.IsGround(table, 28, "/data/devboxes"));
    }
}
