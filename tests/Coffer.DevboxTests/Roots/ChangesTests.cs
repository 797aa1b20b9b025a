using Coffer.Devboxes.Roots;
using Coffer.DevboxTests.Child;
using static Coffer.DevboxTests.Roots.Showing;

namespace Coffer.DevboxTests.Roots;

/// <summary>What a command changes in a mounted archive is seen in its own devbox alone.</summary>
public sealed class ChangesTests
{
    private const string Change =
        """
        set -e
        echo more >> append.txt
        : > truncate.txt
        chmod 600 mode.txt
        echo other > name.txt.new && mv name.txt.new name.txt
        exec 3<> open.txt; printf XXX >&3; exec 3>&-
        rm gone.txt
        echo shared >> twin-a
        mv folder moved
        echo more >> moved/deep/inner.txt
        echo mine > mine.txt
        echo through >> link
        """;

    private const string Seen =
        """
        set -e
        cat append.txt truncate.txt name.txt open.txt twin-a moved/deep/inner.txt mine.txt notes.txt
        stat -c '%n %a' mode.txt run.sh
        test ! -e gone.txt
        test ! -e folder
        """;

    private const string Untouched =
        """
        set -e
        cat append.txt truncate.txt mode.txt name.txt open.txt gone.txt twin-a twin-b
        cat folder/inner.txt folder/deep/inner.txt notes.txt
        stat -c '%n %a %s' mode.txt run.sh sparse
        stat -c '%n %a' folder
        test ! -e mine.txt
        test "$(readlink link)" = notes.txt
        """;

    public static TheoryData<string> Ways => [nameof(CopyOnWriteWay.Overlay), nameof(CopyOnWriteWay.Copy)];

    [Theory, MemberData(nameof(Ways))]
    public async Task A_command_changes_its_own_devbox_alone(string way)
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        await ChangesStayInside(folder, Enum.Parse<CopyOnWriteWay>(way));
    }

    /// <summary>The whole story, also for the tests on other file systems.</summary>
    internal static async Task ChangesStayInside(MountedFolder folder, CopyOnWriteWay way)
    {
        var archive = new SampleArchive();
        using MountedArchives archives = folder.Open(way);
        DevboxRoot changed = await Mounted(1), beside = await Mounted(2);

        MountedFolder.Run(changed, Data, Change);

        string text = archive.Text;
        Assert.Equal(
            $"{text}more\nother\nXXX{text[3..]}{text}shared\n{text}more\nmine\n{text}through\nmode.txt 600\nrun.sh 755\n",
            MountedFolder.Run(changed, Data, Seen));
        DevboxRoot after = await Mounted(3);
        string stored = string.Concat(Enumerable.Repeat(text, 11))
            + "mode.txt 644 10\nrun.sh 755 10\nsparse 644 1048576\nfolder 755\n";
        Assert.Equal(stored, MountedFolder.Run(beside, Data, Untouched));
        Assert.Equal(stored, MountedFolder.Run(after, Data, Untouched));
        string shared = Assert.Single(Directory.GetDirectories(folder.SharedPath));
        Assert.Equal(stored, MountedFolder.Run(changed with { Uid = null, Folder = Linked(shared) }, "/", Untouched));
        Assert.Equal(1, archive.Runs);

        async Task<DevboxRoot> Mounted(int number)
        {
            DevboxRoot devbox = folder.Box(number);
            await archives.ShowAsync(devbox, archive: archive);
            return devbox;
        }

        // The stored tree, as if it were the root of a devbox.
        string Linked(string tree)
        {
            string link = Path.Combine(folder.Folder, "stored");
            Directory.CreateDirectory(link);
            Directory.CreateSymbolicLink(Path.Combine(link, "root"), Path.Combine(tree, "tree"));
            return link;
        }
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_write_through_a_descriptor_of_the_server_stays_in_its_devbox(string way)
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        var archive = new SampleArchive();
        using MountedArchives archives = folder.Open(Enum.Parse<CopyOnWriteWay>(way));
        DevboxRoot[] both = [folder.Box(1), folder.Box(2)];
        foreach (DevboxRoot devbox in both)
        {
            await archives.ShowAsync(devbox, archive: archive);
        }

        using (FileStream file = File.OpenWrite(MountedFolder.Inside(both[0], $"{Data}/notes.txt")))
        {
            file.Write("WRITTEN"u8);
        }

        Assert.Equal("WRITTEN" + archive.Text[7..], MountedFolder.Run(both[0], Data, "cat notes.txt"));
        Assert.Equal(archive.Text, MountedFolder.Run(both[1], Data, "cat notes.txt"));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Everything_belongs_to_the_user_of_the_devbox(string way)
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        using MountedArchives archives = folder.Open(Enum.Parse<CopyOnWriteWay>(way));
        DevboxRoot devbox = folder.Box(7);
        string data = "/srv/some/where";

        await archives.ShowAsync(devbox, data);

        string owners = MountedFolder.Run(devbox, "/", "find srv -printf '%U:%G\\n' | sort -u");
        Assert.Equal($"{devbox.Uid}:{devbox.Uid}\n", owners);
        MountedFolder.Run(devbox, data, "touch new && mkdir more && rm -r folder run.sh");
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_directory_with_files_keeps_them_and_gets_those_of_the_archive(string way)
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        using MountedArchives archives = folder.Open(Enum.Parse<CopyOnWriteWay>(way));
        DevboxRoot devbox = folder.Box(1);
        MountedFolder.Run(devbox, "/home/user", "mkdir -p data/folder; echo old > data/notes.txt");
        MountedFolder.Run(devbox, Data, "echo mine > mine.txt; echo mine > folder/mine.txt");

        await archives.ShowAsync(devbox);

        Assert.Empty(folder.Mounts());
        string all = MountedFolder.Run(devbox, Data, "cat mine.txt notes.txt folder/mine.txt folder/inner.txt");
        Assert.Equal("mine\nas stored\nmine\nas stored\n", all);
        MountedFolder.Run(devbox, Data, "echo more >> notes.txt; rm folder/inner.txt");
    }

    [Fact]
    public async Task An_archive_over_a_mounted_one_replaces_what_has_the_same_name()
    {
        MountedFolder.NeedsRoot();
        using var folder = new MountedFolder();
        using MountedArchives archives = folder.Open();
        DevboxRoot devbox = folder.Box(1);
        await archives.ShowAsync(devbox);
        await archives.ShowAsync(devbox, blob: "second", number: 2, archive: new SampleArchive("second\n"));
        await archives.ShowAsync(devbox, Data + "/new/below", number: 3);

        string all = MountedFolder.Run(devbox, Data, "cat notes.txt folder/deep/inner.txt new/below/notes.txt");
        Assert.Equal("second\nsecond\nas stored\n", all);
        Assert.Equal(2, folder.Mounts().Count);
    }
}
