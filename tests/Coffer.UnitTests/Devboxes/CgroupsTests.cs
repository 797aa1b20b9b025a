using Coffer.Devboxes.Execution;

namespace Coffer.UnitTests.Devboxes;

/// <summary>The files of a cgroup, played by those of a folder.</summary>
public sealed class CgroupsTests : IDisposable
{
    private readonly string _mount = Directory.CreateTempSubdirectory("coffer-cgroup-").FullName;

    private string Group => Path.Combine(_mount, "system.slice", "coffer.service");

    private string Mounts => $"30 24 0:26 / {_mount} rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";

    [Fact]
    public void A_group_that_shares_out_its_limits_gets_one_for_each_devbox()
    {
        Make("cpu memory pids", shared: "memory pids");

        Cgroups? groups = Cgroups.TryOpen(Mounts, "0::/system.slice/coffer.service\n", 1, out string why);
        Assert.NotNull(groups);
        Assert.Equal("", why);
        string folder = groups.FolderOf("dbx_a", new SandboxOptions { Folder = "/", MemoryBytes = 1000, Processes = 7 });

        Assert.Equal(Path.Combine(Group, "coffer-dbx_a"), folder);
        Assert.Equal("1000", File.ReadAllText(Path.Combine(folder, "memory.max")));
        Assert.Equal("7", File.ReadAllText(Path.Combine(folder, "pids.max")));
        Assert.Equal(folder, groups.FolderOf("dbx_a", new SandboxOptions { Folder = "/", Processes = 9 })); // made once
        Assert.Equal("9", File.ReadAllText(Path.Combine(folder, "pids.max"))); // one that outlived a server may be of another setting
    }

    [Fact]
    public void The_server_moves_aside_so_that_its_group_may_share_out()
    {
        Make("cpu memory pids", shared: "");

        Assert.NotNull(Cgroups.TryOpen(Mounts, "0::/system.slice/coffer.service\n", 4711, out _));

        Assert.Equal("4711", File.ReadAllText(Path.Combine(Group, "coffer-server", "cgroup.procs")));
        Assert.StartsWith("+", File.ReadAllText(Path.Combine(Group, "cgroup.subtree_control")), StringComparison.Ordinal);
        Assert.NotNull(Cgroups.TryOpen(Mounts.Replace("rw\n", "rw\n", StringComparison.Ordinal), "0::/system.slice/coffer.service/coffer-server\n", 4711, out _));
    }

    [Theory]
    [InlineData("1:memory:/\n", "no cgroup2"), InlineData("0::/system.slice/coffer.service\n", "no memory and pids")]
    public void Where_there_is_none_it_is_said_why(string membership, string expected)
    {
        Make("cpu", shared: "");

        Assert.Null(Cgroups.TryOpen(Mounts, membership, 1, out string why));

        Assert.Contains(expected, why, StringComparison.Ordinal);
        Assert.Null(Cgroups.TryOpen("24 1 8:1 / / rw - ext4 /dev/sda rw\n", "0::/\n", 1, out why));
        Assert.Contains("no cgroup2", why, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_mount, recursive: true);

    private void Make(string controllers, string shared)
    {
        Directory.CreateDirectory(Group);
        File.WriteAllText(Path.Combine(Group, "cgroup.controllers"), controllers + "\n");
        File.WriteAllText(Path.Combine(Group, "cgroup.subtree_control"), shared + "\n");
        File.WriteAllText(Path.Combine(Group, "cgroup.procs"), "1\n");
    }
}
