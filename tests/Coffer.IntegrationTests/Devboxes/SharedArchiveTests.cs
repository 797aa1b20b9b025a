using System.Globalization;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>An archive that many devboxes have: what one of them changes in place, no other sees, nor does whoever comes later.</summary>
public sealed class SharedArchiveTests(SharedArchiveTests.ExecServer server) : IClassFixture<SharedArchiveTests.ExecServer>
{
    private const string Text = "as stored\n";
    private static readonly string[] Names = ["append", "truncate", "chmod", "write", "upload", "middle", "remove", "rename", "replace", "touch"];

    private Api Api => server.Api;

    /// <summary>Each of them in place, the file that it is named after.</summary>
    private const string Changes = """
        set -e; cd /home/user/m
        echo more >> append; truncate -s 3 truncate; chmod 700 chmod; rm remove; mv rename renamed; touch -d 2001-01-01 touch
        printf XXX | dd of=middle bs=1 seek=2 conv=notrunc status=none; echo other > replace.new; mv replace.new replace
        echo mine > mine; mkdir -p folder/mine; mv folder moved
        """;

    private const string Look = "cd /home/user/m; find . -mindepth 1 -printf '%P %y %m %s %TY\\n' | sort; find . -type f | sort | xargs cat | sha256sum";

    [Theory]
    [InlineData("a.tgz", "tgz"), InlineData("a.tar", "tar")]
    public async Task What_one_devbox_changes_in_place_no_other_sees(string name, string contentType)
    {
        byte[] tar = DevboxApi.Tar([.. Names.Select(file => (file, Text)), ("folder/inner", Text)]);
        byte[] archive = contentType == "tgz" ? DevboxApi.Gzip(tar) : tar;
        string stored = await Api.StoreAsync(archive, name, contentType);
        string changed = await Api.NewBoxAsync((stored, "/home/user/m"));
        string beside = await Api.NewBoxAsync((stored, "/home/user/m"));
        string untouched = await Api.OutputAsync(beside, Look);
        Dictionary<string, string> tree = SharedTree();
        Assert.Equal(Names.Length + 1, tree.Count);

        await Api.OutputAsync(changed, Changes);
        (await Api.WriteAsync(changed, "m/write", "written")).Expect(200);
        (await Api.UploadAsync(changed, "m/upload", "uploaded"u8.ToArray())).Expect(200);

        // All of it happened where it was meant to …
        Assert.Equal($"{Text}more\n", await Api.TextAsync(changed, "m/append"));
        Assert.Equal(Text[..3], await Api.TextAsync(changed, "m/truncate"));
        Assert.Equal("written", await Api.TextAsync(changed, "m/write"));
        Assert.Equal("uploaded", await Api.OutputAsync(changed, "cat m/upload"));
        Assert.Equal("asXXXored\n", await Api.TextAsync(changed, "m/middle"));
        Assert.Equal("other\n", await Api.TextAsync(changed, "m/replace"));
        Assert.Equal(Text, await Api.TextAsync(changed, "m/moved/inner"));
        Assert.Equal("700\n", await Api.OutputAsync(changed, "stat -c %a m/chmod; ! test -e m/remove"));

        // … and nowhere else: not beside it, not in the stored copy, not in the object, not in what is made afterwards.
        string after = await Api.NewBoxAsync((stored, "/home/user/m"));
        foreach (string other in (string[])[beside, after])
        {
            Assert.Equal(untouched, await Api.OutputAsync(other, Look));
            foreach (string file in Names)
            {
                Assert.Equal(Text, await Api.TextAsync(other, $"m/{file}"));
            }

            (await Api.ReadAsync(other, "m/mine")).ExpectError(404, "file_not_found");
        }

        Assert.Equal(tree, SharedTree());
        Assert.Equal(archive, (await Api.DownloadAsync(stored)).Body);

        // One ends, and the others have what they had; the last one takes the stored copy along.
        (await Api.ShutdownAsync(changed)).Expect(200);
        Assert.Equal(untouched, await Api.OutputAsync(beside, Look));
        (await Api.ShutdownAsync(beside)).Expect(200);
        Assert.Equal(untouched, await Api.OutputAsync(after, Look));
        await Leftovers.ExpectNoneButAsync(server.Process, [after], sharedTrees: 1);
        (await Api.ShutdownAsync(after)).Expect(200);
        await Leftovers.ExpectNoneButAsync(server.Process, []);
    }

    [Fact]
    public async Task Two_commands_that_write_to_the_same_file_at_once_write_to_two()
    {
        string stored = await Api.StoreAsync(DevboxApi.Tgz(("file", Text)), "a.tgz", "tgz");
        string[] boxes = [await Api.NewBoxAsync((stored, "/m")), await Api.NewBoxAsync((stored, "/m"))];

        await Task.WhenAll(boxes.Select((id, n) => Api.OutputAsync(id, $"exec 3>> /m/file; for i in $(seq 500); do echo {n} >&3; done")));

        for (int n = 0; n < 2; n++)
        {
            Assert.Equal($"{Text}{string.Concat(Enumerable.Repeat($"{n}\n", 500))}", await Api.TextAsync(boxes[n], "/m/file"));
            (await Api.ShutdownAsync(boxes[n])).Expect(200);
        }
    }

    [Fact]
    public async Task A_command_cannot_reach_the_stored_copy()
    {
        string stored = await Api.StoreAsync(DevboxApi.Tgz(("file", Text)), "a.tgz", "tgz");
        string id = await Api.NewBoxAsync((stored, "/m"));

        // What a mount is made of is in its table, and by none of these names does anything come.
        string told = await Api.OutputAsync(id, """
            for path in $(cat /proc/self/mountinfo | tr ' ,=:' '\n' | grep '^/' | grep -e shared -e upper -e lower -e work -e devboxes | sort -u); do
              ls -d "$path" 2> /dev/null
            done
            mount -o remount,rw /m 2> /dev/null; umount /m 2> /dev/null
            mkdir -p /tmp/w && mount -t overlay none -o lowerdir=/m,upperdir=/tmp,workdir=/tmp/w /tmp 2> /dev/null
            setfattr -n trusted.overlay.redirect -v /../../ /m 2> /dev/null; setfattr -n user.overlay.redirect -v /../../ /m 2> /dev/null
            cat /m/file; mknod /m/file2 c 0 0 2> /dev/null; ls /m
            """);

        Assert.Equal($"{Text}file\n", told);
        (await Api.ShutdownAsync(id)).Expect(200);
    }

    /// <summary>Each file of the extracted archive that devboxes share: owner, mode, time and content.</summary>
    private Dictionary<string, string> SharedTree() => Directory
        .EnumerateFiles(Path.Combine(server.Process.Data, "devboxes/shared"), "*", SearchOption.AllDirectories)
        .Where(path => path.Contains("/tree/", StringComparison.Ordinal))
        .ToDictionary(
            path => path,
            path => string.Create(CultureInfo.InvariantCulture, $"{File.GetUnixFileMode(path)} {File.GetLastWriteTimeUtc(path):O} {File.ReadAllText(path)}"));

    /// <summary>Its devboxes share nothing with those of other tests.</summary>
    public sealed class ExecServer : OwnServer
    {
        protected override ServerSetup Setup => CommandTests.ExecServer.Running();
    }
}
