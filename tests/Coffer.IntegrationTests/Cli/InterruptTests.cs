using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.IntegrationTests.Cli;

/// <summary>Ctrl-C in the middle leaves nothing half done.</summary>
public sealed class InterruptTests(SharedServer server)
{
    private const string CtrlC = "\u0003";
    private const string Said = "coffer: interrupted; what was finished before stays\n";

    [Theory]
    [InlineData(CommandLine.SigInt, 130)]
    [InlineData(CommandLine.SigTerm, 143)]
    [InlineData(CommandLine.SigHup, 129)]
    public async Task An_interrupted_put_leaves_no_object(int signal, int exitCode)
    {
        using CommandLine line = await CommandLine.OnAsync(server.Process);
        using Process put = line.Start("put", "-", "--name", "half");
        await put.StandardInput.BaseStream.WriteAsync(Bytes.Random(Bytes.ManyBlocks));
        await put.StandardInput.BaseStream.FlushAsync();
        await UntilAsync(async () => await line.Api!.CountAsync() == 1);

        CommandLine.Interrupt(put, signal);
        CommandLine.Ended ended = await CommandLine.EndAsync(put);

        ended.Expect(exitCode);
        Assert.Equal(Said, ended.Errors);
        Assert.Equal("", ended.Output);
        Assert.Equal(0, await line.Api!.CountAsync());
    }

    [Fact]
    public async Task A_put_that_cannot_take_its_object_back_names_it()
    {
        await using CofferProcess own = await CofferProcess.StartAsync();
        using CommandLine line = CommandLine.On(own, own.Api);
        using Process put = line.Start("put", "-", "--name", "half");
        await put.StandardInput.BaseStream.WriteAsync(Bytes.Random(Bytes.ManyBlocks));
        await put.StandardInput.BaseStream.FlushAsync();
        await UntilAsync(async () => await own.Api.CountAsync() == 1);

        await own.KillAsync();
        put.StandardInput.Close();
        CommandLine.Ended ended = (await CommandLine.EndAsync(put)).Expect(1);

        await own.StartAgainAsync();
        string id = Assert.Single((await own.Api.GetAsync("/v1/objects?state=UPLOADING")).Json.Ids());
        Assert.EndsWith($" ({id} is left behind unfinished; `coffer rm {id}` removes it, or the server in time)\n", ended.Errors, StringComparison.Ordinal);
        Assert.Single(ended.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData(CommandLine.SigInt, 130)]
    [InlineData(CommandLine.SigHup, 129)]
    public async Task An_interrupted_get_leaves_no_file_and_the_old_one_as_it_was(int signal, int exitCode)
    {
        using var stalling = new StallingServer();
        using CommandLine line = CommandLine.Bare().Set("COFFER_URL", stalling.Url).Set("COFFER_API_KEY", "key");
        line.Write("half.bin", "old");
        using Process get = line.Start("get", "obj_half", "--force");
        await UntilAsync(() => Task.FromResult(Directory.GetFiles(line.Folder, ".coffer-*").Any(static file => new FileInfo(file).Length > 0)));

        CommandLine.Interrupt(get, signal);
        CommandLine.Ended ended = await CommandLine.EndAsync(get);

        ended.Expect(exitCode);
        Assert.Equal(Said, ended.Errors);
        Assert.Equal(["half.bin"], Directory.GetFileSystemEntries(line.Folder).Select(Path.GetFileName));
        Assert.Equal("old", Encoding.UTF8.GetString(line.Read("half.bin")));
    }

    [Theory]
    [InlineData(CommandLine.SigInt, 130, false, "put", "pipe")]
    [InlineData(CommandLine.SigTerm, 143, false, "put", "pipe")]
    [InlineData(CommandLine.SigTerm, 143, true, "put", "pipe")]
    [InlineData(CommandLine.SigInt, 130, false, "cp", "./pipe", "web/pipe")]
    [InlineData(CommandLine.SigTerm, 143, true, "cp", "./pipe", "web/pipe")]
    public async Task Waiting_for_a_pipe_that_says_nothing_can_be_interrupted(int signal, int exitCode, bool hasWriter, params string[] arguments)
    {
        using CommandLine line = await CommandLine.OnAsync(server.Process);
        string bucket = await line.Api!.NewBucketAsync();
        (await line.ShellAsync("mkfifo pipe")).Expect();
        using Process waiting = line.Start([.. arguments.Select(word => word.Replace("web/", $"{bucket}/", StringComparison.Ordinal))]);
        using FileStream? writer = hasWriter ? await WriterAsync(line.PathOf("pipe")) : null;
        await Task.Delay(TimeSpan.FromSeconds(2)); // so that it waits; nothing shows from outside that it does

        CommandLine.Interrupt(waiting, signal);
        var waited = Stopwatch.StartNew();
        CommandLine.Ended ended = await CommandLine.EndAsync(waiting);

        ended.Expect(exitCode);
        Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8)); // less than the time for cleaning up
        Assert.Equal(Said, ended.Errors);
        Assert.Equal(0, await line.Api!.CountAsync());

        static async Task<FileStream> WriterAsync(string path) =>
            await Task.Run(() => File.Open(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)); // opens when it is read
    }

    [Fact]
    public async Task A_pipe_that_someone_fills_is_stored_as_a_file()
    {
        using CommandLine line = await CommandLine.OnAsync(server.Process);
        string bucket = await line.Api!.NewBucketAsync();

        CommandLine.Ended ended = await line.ShellAsync(
            $"mkfifo pipe; echo one > pipe & coffer cp ./pipe {bucket}/one && (echo two > pipe & coffer put pipe) && coffer cat {bucket}/one");

        ended.Expect();
        Assert.Equal("one", ended.Lines[^1]);
        Assert.Equal("two\n", (await line.RunAsync("cat", ended.Lines[^2])).Expect().Output);
    }

    [Fact]
    public async Task Ctrl_C_in_the_middle_of_a_large_put_leaves_no_object_that_looks_whole()
    {
        Assert.SkipWhen(RunCommand.Find("script") is null, "script is not installed: apt-get install bsdutils");
        using CommandLine line = await CommandLine.OnAsync(server.Process);
        using (FileStream big = File.Create(line.PathOf("big.bin")))
        {
            big.SetLength(1L << 30); // with a hole as its content, which takes no room here
        }

        using Process put = line.OpenTerminal("exec env --default-signal=INT coffer put big.bin");
        await UntilAsync(async () => await line.Api!.CountAsync() == 1);
        await TypeAsync(put, CtrlC);
        var waited = Stopwatch.StartNew();
        CommandLine.Ended ended = (await CommandLine.EndAsync(put)).Expect(130);

        Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.Contains(Said.TrimEnd(), ended.Output, StringComparison.Ordinal);
        // The command takes its object back where it was told of it in time; in no case is one complete.
        Assert.Empty((await line.Api!.GetAsync("/v1/objects?state=READ_ONLY")).Expect(200).Json.Ids());
    }

    [Fact]
    public async Task Ctrl_C_in_the_middle_of_a_large_get_leaves_no_file()
    {
        Assert.SkipWhen(RunCommand.Find("script") is null, "script is not installed: apt-get install bsdutils");
        using var stalling = new StallingServer();
        using CommandLine line = CommandLine.Bare().Set("COFFER_URL", stalling.Url).Set("COFFER_API_KEY", "key");
        using Process get = line.OpenTerminal("exec env --default-signal=INT coffer get obj_half");
        await UntilAsync(() => Task.FromResult(Directory.GetFiles(line.Folder, ".coffer-*").Any(static file => new FileInfo(file).Length > 0)));

        await TypeAsync(get, CtrlC);
        var waited = Stopwatch.StartNew();
        CommandLine.Ended ended = (await CommandLine.EndAsync(get)).Expect(130);

        Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.Contains(Said.TrimEnd(), ended.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(line.Folder));
    }

    [Fact]
    public async Task A_cat_whose_reader_has_fallen_asleep_can_be_interrupted()
    {
        using CommandLine line = await CommandLine.OnAsync(server.Process);
        string id = await line.Api!.StoreAsync(Bytes.Random(5_000_000), new { name = "big", content_type = "binary" });
        using Process cat = line.Start("cat", id);
        await cat.StandardOutput.BaseStream.ReadExactlyAsync(new byte[1000]); // and no more: the pipe is full from here on

        CommandLine.Interrupt(cat);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(8)); // less than the time for cleaning up
        await cat.WaitForExitAsync(patience.Token);

        Assert.Equal(130, cat.ExitCode);
        Assert.Equal(Said, await cat.StandardError.ReadToEndAsync());
    }

    private static async Task TypeAsync(Process terminal, string keys)
    {
        await terminal.StandardInput.WriteAsync(keys);
        await terminal.StandardInput.FlushAsync();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "it did not come to that within 30 s");
            await Task.Delay(20);
        }
    }

    /// <summary>Has one object, of which it sends the first half and then nothing more.</summary>
    private sealed class StallingServer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly byte[] _half = Bytes.Random(2_000_000);

        public StallingServer()
        {
            for (int port = 20_000 + (Environment.ProcessId % 20_000); ; port++)
            {
                try
                {
                    Url = $"http://127.0.0.1:{port}/";
                    _listener.Prefixes.Clear();
                    _listener.Prefixes.Add(Url);
                    _listener.Start();
                    break;
                }
                catch (HttpListenerException) when (port < 60_000)
                {
                    // taken; the next one
                }
            }

            _ = ServeAsync();
        }

        public string Url { get; }

        public void Dispose() => _listener.Abort();

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                HttpListenerContext call = await _listener.GetContextAsync();
                string path = call.Request.Url!.AbsolutePath;
                if (path == "/bytes")
                {
                    call.Response.ContentLength64 = 2L * _half.Length;
                    await call.Response.OutputStream.WriteAsync(_half);
                    await call.Response.OutputStream.FlushAsync();
                    continue;
                }

                byte[] answer = JsonSerializer.SerializeToUtf8Bytes(path.EndsWith("/download", StringComparison.Ordinal)
                    ? (object)new { download_url = Url + "bytes" }
                    : new { id = "obj_half", name = "half.bin", content_type = "binary", state = "READ_ONLY", size_bytes = 2L * _half.Length });
                call.Response.ContentLength64 = answer.Length;
                await call.Response.OutputStream.WriteAsync(answer);
                call.Response.Close();
            }
        }
    }
}
