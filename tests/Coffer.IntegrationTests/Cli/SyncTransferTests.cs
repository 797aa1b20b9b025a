using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Cli;

/// <summary>What a sync does on its way: how much at once, what a terminal sees, and where it goes on after <c>kill -9</c>.</summary>
public sealed partial class SyncTransferTests(SharedServer server) : IAsyncLifetime
{
    private const int SigKill = 9;
    private const int Piece = 6 << 20;
    private CommandLine? _opened;
    private Relay? _relay;
    private string _bucket = "";

    private CommandLine Line => _opened!;

    private Relay Relay => _relay!;

    private string Web => $"{_bucket}/web/";

    public async ValueTask InitializeAsync()
    {
        _relay = await Relay.StartAsync(server.Process.BaseUrl);
        _opened = await CommandLine.OnAsync(server.Process);
        Line.Set("COFFER_URL", Relay.Url.ToString()).Set("XDG_DATA_HOME", Line.PathOf("home"));
        _bucket = await Line.Api!.NewBucketAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Line.Dispose();
        await Relay.DisposeAsync();
    }

    [Theory]
    [InlineData("up", 8)]
    [InlineData("up", 3, "--transfers", "3")]
    [InlineData("up", 20, "--transfers", "20")]
    [InlineData("down", 8)]
    [InlineData("down", 1, "--transfers", "1")]
    public async Task So_many_files_are_on_their_way_at_once_and_no_more(string way, int atOnce, params string[] options)
    {
        WriteFiles("site", 30);
        if (way == "down")
        {
            (await Line.RunAsync("sync", "./site", Web)).Expect();
        }

        Relay.HoldAfter(0);
        using Process sync = Line.Start(["sync", .. way == "up" ? new[] { "./site", Web } : [Web, "./copy"], .. options]);
        await Relay.HeldAsync(atOnce);
        await Task.Delay(500); // for one that is too many
        int held = Relay.Held;
        Relay.Open();
        CommandLine.Ended ended = (await CommandLine.EndAsync(sync)).Expect();

        Assert.Equal(atOnce, held);
        Assert.Equal(30, ended.Lines.Length);
        Assert.Equal("", ended.Errors);
    }

    [Theory]
    [InlineData("0"), InlineData("65"), InlineData("many")]
    public async Task A_number_that_makes_no_sense_is_refused(string number) => (await Line.RunAsync("sync", "./site", Web, "--transfers", number)).ExpectError(
        2, $"--transfers '{number}' is no number from 1 to 64; write for example --transfers 4");

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    public async Task A_terminal_sees_how_far_it_is_and_a_pipe_nothing(string way)
    {
        Assert.SkipWhen(RunCommand.Find("script") is null, "script is not installed: apt-get install bsdutils");
        WriteFiles("site", 12);
        Line.Write("site/big.bin", Bytes.Random(30_000_000));
        if (way == "down")
        {
            (await Line.RunAsync("sync", "./site", Web)).Expect();
        }

        string[] places = way == "up" ? ["./site", Web] : [Web, "./copy"];
        CommandLine.Ended seen = (await Line.OnTerminalAsync("", ["sync", .. places])).Expect();
        Directory.Delete(Line.PathOf(way == "up" ? "site" : "copy"), recursive: true);
        WriteFiles(way == "up" ? "site" : "copy", 12);
        Line.Write(way == "up" ? "site/big.bin" : "copy/big.bin", Bytes.Random(30_000_000, seed: 2));
        CommandLine.Ended piped = (await Line.RunAsync(["sync", .. places])).Expect();

        string drawn = seen.Output[..seen.Output.IndexOf("ACTION", StringComparison.Ordinal)];
        Assert.Matches("small files .*[0-9]+ of 12", drawn);
        Assert.Matches(@"big\.bin .*[0-9]+ % .*of 28\.6 MiB", drawn);
        Assert.True(Percentages().Matches(drawn).Select(static found => found.Value).Distinct().Count() > 1, drawn);
        Assert.DoesNotContain('\u2501', seen.Output[^200..]); // the bars are gone in the end
        Assert.Equal("", piped.Errors);
        Assert.Equal(way == "up" ? [$"{Web}big.bin"] : ["./copy/big.bin"], piped.Lines);
    }

    [Fact]
    public async Task A_terminal_sees_the_comparison_of_what_is_there_already()
    {
        Assert.SkipWhen(RunCommand.Find("script") is null, "script is not installed: apt-get install bsdutils");
        WriteFiles("site", 12);
        Line.Write("site/big.bin", Bytes.Random(30_000_000));
        (await Line.RunAsync("sync", "./site", Web)).Expect();

        string seen = (await Line.OnTerminalAsync("", "sync", "./site", Web)).Expect().Output;

        Assert.Matches("files compared .*of 12", seen);
        Assert.Matches(@"compare big\.bin .*of 28\.6 MiB", seen);
        Assert.Contains("0 transferred, 0 deleted, 13 the same.", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_kill_only_what_is_missing_goes_up()
    {
        Dictionary<string, byte[]> files = WriteFiles("site", 30);
        files["big.bin"] = Bytes.Random((3 * Piece) + 1000);
        Line.Write("site/big.bin", files["big.bin"]);
        Relay.HoldAfter(20);

        using Process first = Line.Start("sync", "./site", Web, "--transfers", "4");
        await Relay.HeldAsync(4);
        CommandLine.Interrupt(first, SigKill);
        (await CommandLine.EndAsync(first)).Expect(128 + SigKill);
        await Relay.NoneHeldAsync();
        string[] there = await KeysAsync();
        string[] before = Relay.Passed;
        Relay.Open();
        CommandLine.Ended second = (await Line.RunAsync("sync", "./site", Web)).Expect();
        string[] sent = Relay.Passed[before.Length..];

        Assert.Equal(20, there.Length);
        Assert.Equal(
            files.Keys.Select(name => $"{Web}{name}").Except(there.Select(key => $"{_bucket}/{key}")).Order(StringComparer.Ordinal),
            second.Lines.Order(StringComparer.Ordinal));
        Assert.Equal(files.Count - 20 - 1, sent.Count(static request => request.StartsWith("POST", StringComparison.Ordinal)));
        Assert.Equal(
            ((int[])[Piece, 2 * Piece, 3 * Piece]).Select(static offset => $"{offset}"),
            sent.Where(static request => request.StartsWith("PATCH", StringComparison.Ordinal)).Select(static request => request.Split(' ')[^1]));
        foreach ((string name, byte[] bytes) in files)
        {
            Assert.Equal(bytes, (await Line.Api!.ReadAsync(_bucket, $"web/{name}")).Expect(200).Body);
        }

        Assert.Equal("", (await Line.RunAsync("sync", "./site", Web)).Expect().Output);
    }

    [Fact]
    public async Task After_a_kill_only_what_is_missing_comes_down()
    {
        Dictionary<string, byte[]> files = WriteFiles("site", 30);
        (await Line.RunAsync("sync", "./site", Web)).Expect();
        Relay.HoldAfter(12);

        using Process first = Line.Start("sync", Web, "./copy", "--transfers", "4");
        await Relay.HeldAsync(4);
        CommandLine.Interrupt(first, SigKill);
        (await CommandLine.EndAsync(first)).Expect(128 + SigKill);
        await Relay.NoneHeldAsync();
        string[] there = [.. FilesIn("copy").Where(static name => !name.StartsWith(".coffer-", StringComparison.Ordinal))];
        Relay.Open();
        CommandLine.Ended second = (await Line.RunAsync("sync", Web, "./copy")).Expect();

        Assert.Equal(12, there.Length);
        Assert.Equal(
            files.Keys.Except(there).Select(static name => $"./copy/{name}").Order(StringComparer.Ordinal), second.Lines.Order(StringComparer.Ordinal));
        foreach ((string name, byte[] bytes) in files)
        {
            Assert.Equal(bytes, Line.Read($"copy/{name}"));
        }
    }

    private Dictionary<string, byte[]> WriteFiles(string folder, int count)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            files[$"file-{i:D2}.txt"] = Encoding.UTF8.GetBytes($"bytes of file {i}");
            Line.Write($"{folder}/file-{i:D2}.txt", files[$"file-{i:D2}.txt"]);
        }

        return files;
    }

    private IEnumerable<string> FilesIn(string folder) => Directory.GetFiles(Line.PathOf(folder)).Select(static path => System.IO.Path.GetFileName(path));

    /// <summary>Every key of the bucket.</summary>
    private async Task<string[]> KeysAsync() =>
        [.. (await Line.Api!.NamesAsync(_bucket, new { prefix = "web", limit = 100 })).Select(static name => $"web/{name}")];

    [GeneratedRegex("[0-9]+ %", RegexOptions.NonBacktracking)]
    private static partial Regex Percentages();
}
