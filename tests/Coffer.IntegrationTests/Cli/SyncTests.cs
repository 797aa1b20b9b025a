using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Cli;

/// <summary>A directory and a folder of a bucket, made alike.</summary>
public sealed class SyncTests(SharedServer server) : IAsyncLifetime
{
    /// <summary>From here on a file goes up in pieces, and gets an entity tag that is no MD5.</summary>
    private const int Large = (6 << 20) + 1000;

    private CommandLine? _opened;
    private string _bucket = "";

    private CommandLine Line => _opened!;

    private string Web => $"{_bucket}/web/";

    public async ValueTask InitializeAsync()
    {
        _opened = await CommandLine.OnAsync(server.Process);
        Line.Set("XDG_DATA_HOME", Line.PathOf("home"));
        _bucket = await Line.Api!.NewBucketAsync();
        Line.Write("site/index.html", "<p>");
        Line.Write("site/sub/a.txt", "one");
        Line.Write("site/sub/b.txt", "two");
    }

    public ValueTask DisposeAsync()
    {
        Line.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_first_sync_uploads_everything_and_a_second_one_nothing()
    {
        CommandLine.Ended first = (await Line.RunAsync("sync", "./site", Web)).Expect();
        CommandLine.Ended second = (await Line.RunAsync("sync", "./site", Web)).Expect();

        Assert.Equal([$"{Web}index.html", $"{Web}sub/a.txt", $"{Web}sub/b.txt"], first.Lines.Order(StringComparer.Ordinal));
        Assert.Equal(("", ""), (second.Output, second.Errors));
    }

    [Fact]
    public async Task Only_what_differs_goes_up_also_when_its_size_is_the_same()
    {
        (await Line.RunAsync("sync", "./site", Web)).Expect();
        DateTime before = File.GetLastWriteTimeUtc(Line.PathOf("site/sub/a.txt"));
        Line.Write("site/sub/a.txt", "eno");
        File.SetLastWriteTimeUtc(Line.PathOf("site/sub/a.txt"), before); // not the time tells, but the bytes
        File.SetLastWriteTimeUtc(Line.PathOf("site/sub/b.txt"), DateTime.UtcNow.AddDays(1));
        Line.Write("site/new.txt", "new");

        JsonElement[] done = [.. (await Line.RunAsync("sync", "./site", Web, "--json")).Expect().Json.EnumerateArray()];

        Assert.Equal([$"{Web}new.txt", $"{Web}sub/a.txt"], done.Select(step => step.Text("to")).Order(StringComparer.Ordinal));
        Assert.All(done, step => Assert.Equal(["action", "from", "to", "size_bytes"], step.EnumerateObject().Select(member => member.Name)));
        Assert.All(done, step => Assert.Equal(("upload", 3), (step.Text("action"), step.Number("size_bytes"))));
        Assert.Equal("eno", (await Line.RunAsync("cat", $"{Web}sub/a.txt")).Expect().Output);
    }

    [Fact]
    public async Task Only_what_differs_comes_down_also_when_its_size_is_the_same()
    {
        (await Line.RunAsync("sync", "./site", Web)).Expect();
        Assert.Equal(3, (await Line.RunAsync("sync", Web, "./copy")).Expect().Lines.Length);
        (await Line.Api!.SendObjectAsync("PUT", _bucket, "web/sub/a.txt", "eno")).Expect(200);
        (await Line.Api!.SendObjectAsync("POST", _bucket, "web/new.txt", "new")).Expect(200);
        (await Line.Api!.SendObjectAsync("POST", _bucket, "website.txt", "another place that only begins so")).Expect(200);

        string[] done = (await Line.RunAsync("sync", Web, "./copy")).Expect().Lines;

        Assert.Equal(["./copy/new.txt", "./copy/sub/a.txt"], done.Order(StringComparer.Ordinal));
        Assert.Equal("eno", Encoding.UTF8.GetString(Line.Read("copy/sub/a.txt")));
        Assert.Equal("", (await Line.RunAsync("sync", Web, "./copy")).Expect().Output);
    }

    [Fact]
    public async Task What_the_source_lacks_stays_unless_it_is_to_be_deleted()
    {
        (await Line.RunAsync("sync", "./site", Web)).Expect();
        File.Delete(Line.PathOf("site/sub/a.txt"));
        Line.Write("site/index.html", "<p>changed");

        (await Line.RunAsync("sync", "./site", Web, "--delete")).ExpectError(
            2, "--delete may delete a lot; look with --dry-run, then add --yes");
        JsonElement[] preview = [.. (await Line.RunAsync("sync", "./site", Web, "--delete", "--dry-run", "--json")).Expect().Json.EnumerateArray()];
        Assert.Equal(3, (await Line.RunAsync("ls", Web, "-r")).Expect().Lines.Length);
        Assert.Equal("<p>", (await Line.RunAsync("cat", $"{Web}index.html")).Expect().Output); // a dry run changes nothing at all
        JsonElement[] done = [.. (await Line.RunAsync("sync", "./site", Web, "--delete", "--yes", "--json")).Expect().Json.EnumerateArray()];

        Assert.Equal([("upload", $"{Web}index.html"), ("delete", $"{Web}sub/a.txt")], preview.Select(step => (step.Text("action")!, step.Text("to")!)));
        Assert.Equal(preview.Select(step => step.GetRawText()), done.Select(step => step.GetRawText()));
        Assert.Equal([$"{Web}index.html", $"{Web}sub/b.txt"], (await Line.RunAsync("ls", Web, "-r")).Expect().Lines);
    }

    [Fact]
    public async Task A_sync_down_deletes_files_and_the_folders_that_become_empty()
    {
        (await Line.RunAsync("sync", "./site", Web)).Expect();
        Line.Write("copy/gone/deep/x.txt", "x");
        Line.Write("copy/kept/.coffer-1.part", "half a download is none of its business");

        Assert.Equal(3, (await Line.RunAsync("sync", Web, "./copy")).Expect().Lines.Length);
        Assert.True(File.Exists(Line.PathOf("copy/gone/deep/x.txt")));
        Assert.Equal(["./copy/gone/deep/x.txt"], (await Line.RunAsync("sync", Web, "./copy", "--delete", "--yes")).Expect().Lines);

        Assert.False(Directory.Exists(Line.PathOf("copy/gone")));
        Assert.True(Directory.Exists(Line.PathOf("copy/kept")));
        Assert.Equal("one", Encoding.UTF8.GetString(Line.Read("copy/sub/a.txt")));
    }

    [Fact]
    public async Task Nothing_is_deleted_when_something_else_failed()
    {
        (await Line.RunAsync("sync", "./site", Web)).Expect();
        File.Delete(Line.PathOf("site/sub/a.txt"));
        Line.Write("site/ünï.txt", "no key may be called so");

        CommandLine.Ended ended = (await Line.RunAsync("sync", "./site", Web, "--delete", "--yes")).Expect(1);

        Assert.Contains("coffer: ./site/ünï.txt: invalid key", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("coffer: nothing was deleted, because not everything else was done; run it again\n", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(3, (await Line.RunAsync("ls", Web, "-r")).Expect().Lines.Length);
    }

    [Fact]
    public async Task A_terminal_sees_what_would_go_and_is_asked()
    {
        Assert.SkipWhen(RunCommand.Find("script") is null, "script is not installed: apt-get install bsdutils");
        (await Line.RunAsync("sync", "./site", Web)).Expect();
        File.Delete(Line.PathOf("site/sub/a.txt"));

        CommandLine.Ended no = (await Line.OnTerminalAsync("n\n", "sync", "./site", Web, "--delete")).Expect(1);
        int kept = (await Line.RunAsync("ls", Web, "-r")).Expect().Lines.Length;
        CommandLine.Ended yes = (await Line.OnTerminalAsync("y\n", "sync", "./site", Web, "--delete")).Expect();
        CommandLine.Ended same = (await Line.OnTerminalAsync("", "sync", "./site", Web, "--delete")).Expect();

        Assert.Contains($"  delete {Web}sub/a.txt\n", no.Output, StringComparison.Ordinal);
        Assert.Contains("Delete 1 file (3 B) for good? [y/N]", no.Output, StringComparison.Ordinal);
        Assert.Equal(3, kept);
        Assert.Contains("0 transferred, 1 deleted, 2 the same.", yes.Output, StringComparison.Ordinal);
        Assert.Contains("0 transferred, 0 deleted, 2 the same.", same.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_large_file_that_is_put_in_the_place_of_another_goes_up_whatever_its_time()
    {
        string big = Line.PathOf(Line.Write("large/big.bin", Bytes.Random(Large)));
        (await Line.RunAsync("sync", "./large", Web)).Expect();
        Assert.Equal("", (await Line.RunAsync("sync", "./large", Web)).Expect().Output);

        DateTime former = File.GetLastWriteTimeUtc(big);
        foreach (DateTime time in (DateTime[])[former, former.AddDays(-3000), former.AddHours(-1), former.AddHours(1)])
        {
            byte[] other = Bytes.Random(Large, seed: time.GetHashCode());
            Line.Write("large/big.bin", other);
            File.SetLastWriteTimeUtc(big, time); // as `cp -p` and `tar x` do, or a clock that is wrong

            Assert.Equal([$"{Web}big.bin"], (await Line.RunAsync("sync", "./large", Web)).Expect().Lines);
            Assert.Equal(other, (await Line.RunAsync("cat", $"{Web}big.bin")).Expect().Bytes);
            Assert.Equal("", (await Line.RunAsync("sync", "./large", Web)).Expect().Output);
        }
    }

    [Fact]
    public async Task A_large_file_is_the_same_on_every_machine_that_fetched_it_until_it_changes()
    {
        Line.Write("large/big.bin", Bytes.Random(Large));
        (await Line.RunAsync("sync", "./large", Web)).Expect();
        Assert.Equal(["./copy/big.bin"], (await Line.RunAsync("sync", Web, "./copy")).Expect().Lines);
        Assert.Equal("", (await Line.RunAsync("sync", Web, "./copy")).Expect().Output);
        Assert.Equal("", (await Line.RunAsync("sync", Web, "./large")).Expect().Output);
        Assert.Equal("", (await Line.RunAsync("sync", "./copy", Web)).Expect().Output);

        byte[] other = Bytes.Random(Large, seed: 2);
        Line.Write("large/big.bin", other);
        File.SetLastWriteTimeUtc(Line.PathOf("large/big.bin"), DateTime.UtcNow.AddDays(-3000));
        (await Line.RunAsync("sync", "./large", Web)).Expect();

        Assert.Equal(["./copy/big.bin"], (await Line.RunAsync("sync", Web, "./copy")).Expect().Lines);
        Assert.Equal(other, Line.Read("copy/big.bin"));
        Assert.Equal("", (await Line.RunAsync("sync", Web, "./copy")).Expect().Output);
    }

    [Fact]
    public async Task A_large_file_that_was_only_touched_is_not_sent_again()
    {
        string big = Line.PathOf(Line.Write("large/big.bin", Bytes.Random(Large)));
        (await Line.RunAsync("sync", "./large", Web)).Expect();
        File.SetLastWriteTimeUtc(big, DateTime.UtcNow.AddHours(1));

        Assert.Equal("", (await Line.RunAsync("sync", "./large", Web)).Expect().Output);
        Assert.Equal("", (await Line.RunAsync("sync", Web, "./large")).Expect().Output);
    }

    [Fact]
    public async Task A_large_file_that_no_sync_uploaded_goes_by_which_of_the_two_is_newer()
    {
        string big = Line.PathOf(Line.Write("large/big.bin", Bytes.Random(Large)));
        (await Line.RunAsync("cp", "./large/big.bin", $"{Web}big.bin")).Expect();

        Assert.Equal("", (await Line.RunAsync("sync", "./large", Web)).Expect().Output);
        File.SetLastWriteTimeUtc(big, DateTime.UtcNow.AddHours(1));
        Assert.Equal([$"{Web}big.bin"], (await Line.RunAsync("sync", "./large", Web)).Expect().Lines);
        Assert.Equal("", (await Line.RunAsync("sync", "./large", Web)).Expect().Output);
    }

    [Fact]
    public async Task A_sync_that_was_interrupted_goes_on_where_it_was()
    {
        const int files = 1500;
        for (int i = 0; i < files; i++)
        {
            Line.Write($"many/{i:D4}.txt", $"file {i}");
        }

        using Process sync = Line.Start("sync", "./many", Web);
        var waited = Stopwatch.StartNew();
        while ((await Line.Api!.NamesAsync(_bucket, new { prefix = "web" })).Length == 0)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "nothing was uploaded within 30 s");
        }

        CommandLine.Interrupt(sync);
        CommandLine.Ended interrupted = (await CommandLine.EndAsync(sync)).Expect(130);
        string[] there = (await Line.RunAsync("ls", Web, "-r")).Expect().Lines;
        string[] rest = (await Line.RunAsync("sync", "./many", Web)).Expect().Lines;

        Assert.Equal("coffer: interrupted; what was finished before stays\n", interrupted.Errors);
        Assert.InRange(there.Length, 1, files - 1);
        Assert.All(interrupted.Lines, done => Assert.Contains(done, there));
        Assert.Equal(files, there.Union(rest, StringComparer.Ordinal).Count());
        Assert.Empty(there.Intersect(rest, StringComparer.Ordinal));
        Assert.Equal("", (await Line.RunAsync("sync", "./many", Web)).Expect().Output);
    }

    [Fact]
    public async Task What_cannot_be_made_alike_is_refused()
    {
        (await Line.RunAsync("sync", "./none", Web)).ExpectError(1, "there is no directory './none'; check the path");
        (await Line.RunAsync("sync", "./site/index.html", Web)).Expect(1);
        (await Line.RunAsync("sync", "./site", "nowhere/")).ExpectError(1, "bucket not found; `coffer bucket list` shows what there is");
        (await Line.RunAsync("sync", "nowhere/", "./copy")).ExpectError(1, "bucket not found; `coffer bucket list` shows what there is");
        (await Line.RunAsync("sync", Web, Web)).ExpectError(
            2, "one of the two is a place in a bucket, bucket/ or bucket/folder/, and the other a directory here, such as ./site");
        Assert.False(Directory.Exists(Line.PathOf("copy")));
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("cp", "--recursive")]
    public async Task What_is_no_file_is_named_and_left_out(string verb, params string[] options)
    {
        (await Line.ShellAsync("mkfifo site/pipe && ln -s ../pipe site/sub/link && touch site/empty.txt")).Expect();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Line.PathOf("site/socket")));

        CommandLine.Ended ended = (await Line.RunAsync([verb, "./site", Web, .. options])).Expect();

        Assert.Equal(
            [$"{Web}empty.txt", $"{Web}index.html", $"{Web}sub/a.txt", $"{Web}sub/b.txt"], ended.Lines.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["./site/pipe", "./site/socket", "./site/sub/link"],
            ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Select(static said =>
            {
                Assert.StartsWith("coffer: ", said, StringComparison.Ordinal);
                Assert.EndsWith(": left out, because it is a pipe, a socket or a device", said, StringComparison.Ordinal);
                return said.Split(' ')[1].TrimEnd(':');
            }));
    }

    [Fact]
    public async Task A_pipe_at_the_target_is_left_alone()
    {
        (await Line.RunAsync("sync", "./site", Web)).Expect();
        (await Line.ShellAsync("mkdir copy && mkfifo copy/pipe")).Expect();

        Assert.Equal(3, (await Line.RunAsync("sync", Web, "./copy", "--delete", "--yes")).Expect().Lines.Length);
        Assert.True(File.Exists(Line.PathOf("copy/pipe")));
    }

    [Fact]
    public async Task A_link_to_a_file_counts_as_the_file_and_one_to_a_directory_is_not_entered()
    {
        File.CreateSymbolicLink(Line.PathOf("site/link.txt"), "sub/a.txt");
        File.CreateSymbolicLink(Line.PathOf("site/broken"), "nowhere");
        Directory.CreateSymbolicLink(Line.PathOf("site/circle"), "..");

        string[] done = (await Line.RunAsync("sync", "./site", Web)).Expect().Lines;

        Assert.Equal([$"{Web}index.html", $"{Web}link.txt", $"{Web}sub/a.txt", $"{Web}sub/b.txt"], done.Order(StringComparer.Ordinal));
        Assert.Equal("one", (await Line.RunAsync("cat", $"{Web}link.txt")).Expect().Output);
        Assert.Equal("", (await Line.RunAsync("sync", "./site", Web)).Expect().Output);
    }
}
