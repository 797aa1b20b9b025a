using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Cli;

/// <summary>Copies into buckets, out of them and between them: cp.</summary>
public sealed class BucketCopyTests(SharedServer server) : IAsyncLifetime
{
    private const int SeveralPieces = 13_000_000;
    private CommandLine? _opened;
    private string _bucket = "";

    private CommandLine Line => _opened!;

    public async ValueTask InitializeAsync()
    {
        _opened = await CommandLine.OnAsync(server.Process);
        Line.Set("XDG_DATA_HOME", Line.PathOf("home"));
        _bucket = await Line.Api!.NewBucketAsync();
    }

    public ValueTask DisposeAsync()
    {
        Line.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(0), InlineData(Bytes.Inline), InlineData(Bytes.ManyBlocks), InlineData(SeveralPieces)]
    public async Task A_file_goes_up_and_comes_back_as_it_was(int size)
    {
        byte[] bytes = Bytes.Random(size);
        Line.Write("in.bin", bytes);

        CommandLine.Ended up = (await Line.RunAsync("cp", "in.bin", $"{_bucket}/deep/out.bin")).Expect();
        CommandLine.Ended down = (await Line.RunAsync("cp", $"{_bucket}/deep/out.bin", "back.bin")).Expect();

        Assert.Equal($"{_bucket}/deep/out.bin\n", up.Output);
        Assert.Equal("back.bin\n", down.Output);
        Assert.Equal(bytes, Line.Read("back.bin"));
        Assert.Equal("", up.Errors + down.Errors);
    }

    [Fact]
    public async Task A_command_that_is_killed_in_the_middle_goes_on_where_the_server_got_to()
    {
        await using CofferProcess own = await CofferProcess.StartAsync();
        using CommandLine line = CommandLine.On(own, own.Api);
        line.Set("XDG_DATA_HOME", line.PathOf("home"));
        string bucket = await own.Api.NewBucketAsync();
        byte[] bytes = Bytes.Random(100_000_000);
        line.Write("in.bin", bytes);

        using Process first = line.Start("cp", "in.bin", $"{bucket}/out.bin");
        while (new DirectoryInfo(Path.Combine(own.Data, "staging")).EnumerateFiles("*.part").Sum(staged => staged.Exists ? staged.Length : 0) < SeveralPieces)
        {
            Assert.False(first.HasExited, "the upload was over before the command was killed");
            await Task.Delay(5);
        }

        first.Kill(); // -9
        await first.WaitForExitAsync();
        (await own.Api.ReadAsync(bucket, "out.bin")).ExpectRefusal(404, "NoSuchKey");
        (await line.RunAsync("cp", "in.bin", $"{bucket}/out.bin")).Expect();

        Assert.Equal(bytes, (await own.Api.ReadAsync(bucket, "out.bin")).Expect(200).Body);
        await own.StopAsync(); // whose log is whole then
        string[] uploads = [.. own.Log.Split('\n').Where(logged => logged.Contains("/upload/resumable", StringComparison.Ordinal))];
        Assert.Single(uploads, logged => logged.Contains("\"method\":\"POST\"", StringComparison.Ordinal)); // the second run began none
        Assert.Single(uploads, logged => logged.Contains("\"method\":\"HEAD\"", StringComparison.Ordinal)); // but asked how far it was
    }

    [Fact]
    public async Task What_is_said_about_a_file_is_stored_with_it()
    {
        Line.Write("a.dat", "a;b");

        (await Line.RunAsync("cp", "a.dat", $"{_bucket}/", "--type", "text/csv", "--cache-control", "1d", "--meta", "project=apollo", "--meta", "formula=a=b")).Expect();

        JsonElement info = (await Line.Api!.InfoAsync(_bucket, "a.dat")).Expect(200).Json;
        Assert.Equal(("text/csv", "max-age=86400"), (info.Text("content_type"), info.Text("cache_control")));
        Assert.Equal(("apollo", "a=b"), (info.GetProperty("metadata").Text("project"), info.GetProperty("metadata").Text("formula")));
    }

    [Fact]
    public async Task The_ending_of_a_name_says_what_a_file_is()
    {
        Line.Write("table.csv", "a;b");

        (await Line.RunAsync("cp", "table.csv", $"{_bucket}/")).Expect();

        JsonElement info = (await Line.Api!.InfoAsync(_bucket, "table.csv")).Expect(200).Json;
        Assert.Equal(("text/csv", "max-age=3600"), (info.Text("content_type"), info.Text("cache_control")));
    }

    [Fact]
    public async Task What_is_piped_in_is_stored()
    {
        byte[] bytes = Bytes.Random(Bytes.ManyBlocks);

        JsonElement stored = Assert.Single((await Line.RunAsync(bytes, "cp", "-", $"{_bucket}/dump.sql", "--json")).Expect().Json.EnumerateArray());

        Assert.Equal(["action", "from", "to", "size_bytes"], stored.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("upload", "-", $"{_bucket}/dump.sql"), (stored.Text("action"), stored.Text("from"), stored.Text("to")));
        Assert.Equal(bytes, (await Line.RunAsync("cat", $"{_bucket}/dump.sql")).Expect().Bytes);
    }

    [Fact]
    public async Task What_is_there_is_replaced_only_when_asked_and_left_without_a_word_when_asked()
    {
        Line.Write("a.txt", "new");
        (await Line.Api!.SendObjectAsync("POST", _bucket, "a.txt", "old")).Expect(200);

        (await Line.RunAsync("cp", "a.txt", $"{_bucket}/a.txt")).ExpectError(
            1, "a.txt: the resource already exists; add --upsert to replace it, or --no-clobber to leave what is there");
        CommandLine.Ended left = (await Line.RunAsync("cp", "a.txt", $"{_bucket}/a.txt", "--no-clobber")).Expect();
        Assert.Equal(("", ""), (left.Output, left.Errors));
        Assert.Equal("old", (await Line.RunAsync("cat", $"{_bucket}/a.txt")).Output);

        (await Line.RunAsync("cp", "a.txt", $"{_bucket}/a.txt", "--upsert")).Expect();
        Assert.Equal("new", (await Line.RunAsync("cat", $"{_bucket}/a.txt")).Output);
        (await Line.RunAsync("cp", "a.txt", $"{_bucket}/a.txt", "--upsert", "--no-clobber")).ExpectError(
            2, "--upsert and --no-clobber exclude each other; keep one of them");
    }

    [Fact]
    public async Task A_local_file_is_replaced_only_when_asked_too()
    {
        Line.Write("a.txt", "old");
        (await Line.Api!.SendObjectAsync("POST", _bucket, "a.txt", "new")).Expect(200);

        (await Line.RunAsync("cp", $"{_bucket}/a.txt", ".")).ExpectError(
            1, $"{_bucket}/a.txt: './a.txt' is there already; add --upsert to replace it, or --no-clobber to leave it");
        (await Line.RunAsync("cp", $"{_bucket}/a.txt", ".", "--no-clobber")).Expect();
        Assert.Equal("old", Encoding.UTF8.GetString(Line.Read("a.txt")));
        (await Line.RunAsync("cp", $"{_bucket}/a.txt", ".", "--upsert")).Expect();
        Assert.Equal("new", Encoding.UTF8.GetString(Line.Read("a.txt")));
    }

    [Fact]
    public async Task A_directory_goes_up_and_down_and_across()
    {
        Line.Write("site/index.html", "<p>");
        Line.Write("site/sub/.hidden", "secret");
        Line.Write("site/sub/(1) a+b @ c.txt", "name");
        string other = await Line.Api!.NewBucketAsync();

        string[] up = (await Line.RunAsync("cp", "./site", $"{_bucket}/web", "--recursive")).Expect().Lines;
        string[] across = (await Line.RunAsync("cp", $"{_bucket}/web/", $"{other}/", "--recursive")).Expect().Lines;
        string[] down = (await Line.RunAsync("cp", $"{other}/", "./down/here", "--recursive")).Expect().Lines;

        string[] names = ["index.html", "sub/(1) a+b @ c.txt", "sub/.hidden"];
        Assert.Equal(names.Select(name => $"{_bucket}/web/{name}"), up.Order(StringComparer.Ordinal));
        Assert.Equal(names.Select(name => $"{other}/{name}"), across.Order(StringComparer.Ordinal));
        Assert.Equal(names.Select(name => $"./down/here/{name}"), down.Order(StringComparer.Ordinal));
        Assert.Equal("secret", Encoding.UTF8.GetString(Line.Read("down/here/sub/.hidden")));
        (await Line.RunAsync("cp", "./site", $"{_bucket}/web")).ExpectError(
            1, "'./site' is a directory; add --recursive to copy what lies below it");
        (await Line.RunAsync("cp", $"{_bucket}/web/", ".")).Expect(2);
    }

    [Fact]
    public async Task A_copy_between_buckets_keeps_type_and_metadata()
    {
        string other = await Line.Api!.NewBucketAsync();
        Line.Write("a.txt", "a");
        (await Line.RunAsync("cp", "a.txt", $"{_bucket}/a.txt", "--type", "text/csv", "--meta", "project=apollo")).Expect();

        JsonElement copied = Assert.Single((await Line.RunAsync("cp", $"{_bucket}/a.txt", $"{other}/b.txt", "--json")).Expect().Json.EnumerateArray());

        Assert.Equal(("copy", 1), (copied.Text("action"), copied.Number("size_bytes")));
        JsonElement info = (await Line.Api!.InfoAsync(other, "b.txt")).Expect(200).Json;
        Assert.Equal(("text/csv", "apollo"), (info.Text("content_type"), info.GetProperty("metadata").Text("project")));
        (await Line.RunAsync("cp", $"{_bucket}/a.txt", $"{other}/b.txt")).Expect(1);
        (await Line.RunAsync("cp", $"{_bucket}/a.txt", $"{other}/b.txt", "-n")).Expect();
        (await Line.RunAsync("cp", $"{_bucket}/a.txt", $"{other}/b.txt", "--upsert")).Expect();
    }

    [Fact]
    public async Task A_name_that_no_key_may_have_is_named_and_stops_no_other_file()
    {
        Line.Write("site/a.txt", "a");
        Line.Write("site/ünï.txt", "b");

        CommandLine.Ended up = (await Line.RunAsync("cp", "./site", $"{_bucket}/", "--recursive")).Expect(1);

        Assert.Equal([$"{_bucket}/a.txt"], up.Lines);
        Assert.Equal(
            "coffer: ./site/ünï.txt: invalid key: ünï.txt; a key has only letters and digits of ASCII, spaces and _/!.*'()&$=@;:+,?-\n", up.Errors);
    }

    [Fact]
    public async Task A_key_that_would_leave_the_folder_is_refused_and_stops_no_other()
    {
        Directory.CreateDirectory(Line.PathOf("outside"));
        Directory.CreateDirectory(Line.PathOf("down"));
        File.CreateSymbolicLink(Line.PathOf("down/link"), Line.PathOf("outside"));
        foreach (string key in new[] { "ok.txt", "link/evil.txt", "a//b.txt" })
        {
            (await Line.Api!.SendObjectAsync("POST", _bucket, key, "bytes")).Expect(200);
        }

        CommandLine.Ended down = (await Line.RunAsync("cp", $"{_bucket}/", "./down", "--recursive")).Expect(1);

        Assert.Equal(["./down/ok.txt"], down.Lines);
        Assert.Contains($"'{_bucket}/link/evil.txt' would leave './down': './down/link' is a symbolic link", down.Errors, StringComparison.Ordinal);
        Assert.Contains($"'{_bucket}/a//b.txt' cannot become a file below './down'", down.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Line.PathOf("outside")));
        Assert.Equal(["./odd.txt"], (await Line.RunAsync("cp", $"{_bucket}/a//b.txt", "./odd.txt")).Expect().Lines);
    }

    [Fact]
    public async Task Several_files_go_into_a_folder_and_one_that_is_missing_stops_none()
    {
        Line.Write("a.csv", "a");
        Line.Write("c.csv", "c");

        CommandLine.Ended up = (await Line.RunAsync("cp", "a.csv", "b.csv", "c.csv", $"{_bucket}/tables/")).Expect(1);

        Assert.Equal([$"{_bucket}/tables/a.csv", $"{_bucket}/tables/c.csv"], up.Lines.Order(StringComparer.Ordinal));
        Assert.Equal("coffer: there is no file or directory 'b.csv'; check the path\n", up.Errors);
        (await Line.RunAsync("cp", "a.csv", "c.csv", $"{_bucket}/tables")).ExpectError(
            2, $"several files need a folder to go to; write {_bucket}/tables/");
    }

    [Fact]
    public async Task What_cannot_be_meant_is_refused_before_anything_is_done()
    {
        Line.Write("site/a.txt", "a");

        (await Line.RunAsync("cp", "a.txt", "bucket")).ExpectError(
            2, "neither is a place in a bucket; write bucket/key, or bucket/ for a bucket itself");
        (await Line.RunAsync("cp", "-", $"{_bucket}/")).ExpectError(
            2, "- stands for what is piped in, once; give it a whole key, such as bucket/dump.sql");
        (await Line.RunAsync("cp", $"{_bucket}/a", "-")).ExpectError(2, "use `coffer cat` to write to stdout");
        (await Line.RunAsync("cp", $"{_bucket}/a", "b", "--type", "text/csv")).Expect(2);
        (await Line.RunAsync("cp", $"{_bucket}/a", $"{_bucket}/b", "--meta", "a=b")).Expect(2);
        (await Line.RunAsync("cp", "a.txt", $"{_bucket}/a", "--meta", "a")).ExpectError(
            2, "--meta 'a' is no pair; write for example --meta project=apollo");
        (await Line.RunAsync("cp", "a.txt", $"{_bucket}/a", "--upser")).ExpectError(
            2, "unrecognized option '--upser'; did you mean --upsert? see `coffer cp --help`");
        (await Line.RunAsync("cp", "site/a.txt", $"{_bucket}/a")).ExpectError(
            1, "there is no 'site/a.txt' in a bucket; for the one on this machine write ./site/a.txt");
        (await Line.RunAsync("cp", "./site/a.txt", "nowhere/a.txt")).ExpectError(
            1, "./site/a.txt: bucket not found; `coffer bucket list` shows what there is");
        (await Line.RunAsync("cp", $"{_bucket}/none", "./none.txt")).ExpectError(
            1, $"{_bucket}/none: object not found; `coffer ls BUCKET/` shows what there is");
        Assert.Equal("", (await Line.RunAsync("ls", $"{_bucket}/")).Expect().Output);
        Assert.False(File.Exists(Line.PathOf("none.txt")));
    }

    [Fact]
    public async Task Progress_shows_on_a_terminal_and_not_in_a_pipe()
    {
        Assert.SkipWhen(RunCommand.Find("script") is null, "script is not installed: apt-get install bsdutils");
        Line.Write("big.bin", new byte[SeveralPieces]);

        string drawn = (await Line.OnTerminalAsync("", "cp", "big.bin", $"{_bucket}/")).Expect().Output;
        string down = (await Line.OnTerminalAsync("", "cp", $"{_bucket}/big.bin", "back.bin")).Expect().Output;

        Assert.Matches("big\\.bin .*of 12\\.4 MiB", drawn);
        Assert.Matches("big\\.bin .*of 12\\.4 MiB", down);
        Assert.Matches($"upload +12.4 MiB +big.bin +{_bucket}/big.bin\n", drawn);
        Assert.Equal("", (await Line.RunAsync("cp", "big.bin", $"{_bucket}/again.bin")).Expect().Errors);
    }
}
