using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>Commands that want everything, over the wire: they are ended and say why, and meanwhile everybody else is served.</summary>
[Trait("Speed", "Slow")]
public sealed class GreedyCommandTests(GreedyCommandTests.Strict server) : IClassFixture<GreedyCommandTests.Strict>
{
    private Api Api => server.Api;

    [Theory]
    [InlineData("yes", "it wrote more than 67108864 bytes")]
    [InlineData("yes >&2", "it wrote more than 67108864 bytes")]
    [InlineData("for i in 1 2 3 4 5 6 7 8; do { head -c 150000000 /dev/zero | tail | sleep 60; } & done; wait; sleep 60", "of memory")]
    [InlineData("i=0; while :; do head -c 10000000 /dev/zero > $i; i=$((i + 1)); done", "the devbox held more than 209715200 bytes or 3000 files")]
    [InlineData("i=0; while :; do mkdir $i; cd $i; : > a; done", "the devbox held more than 209715200 bytes or 3000 files")]
    [InlineData("while :; do exec {fd}> gone; rm gone; head -c 10000000 /dev/zero >&$fd; sleep 0.05; done", "the devbox held more than 209715200 bytes or 3000 files")] // without a name
    [InlineData("while :; do :; done", "it ran longer than 20 s")]
    [InlineData("trap '' TERM INT HUP; (setsid nohup sleep 1000 &) ; sleep 1000", "it ran longer than 20 s")]
    public async Task A_command_that_takes_too_much_is_ended_and_says_why(string command, string reason)
    {
        string id = await Api.NewBoxAsync(), other = await Api.NewBoxAsync();

        string execution = await Api.BeginAsync(id, command);
        await ExpectOthersServedAsync(other);
        JsonElement ended = await Api.EndOfAsync(execution);

        Assert.Equal(137, ended.GetProperty("exit_status").GetInt32());
        Assert.Contains("coffer: ended, because ", ended.Text("stderr"), StringComparison.Ordinal);
        Assert.Contains(reason, ended.Text("stderr"), StringComparison.Ordinal);
        Assert.Equal("fine\n", await Api.OutputAsync(other, "echo fine"));
        await EndAsync(id, other);
    }

    [Theory]
    [InlineData("bomb() { bomb | bomb & }; bomb; sleep 1000")]
    [InlineData("python3 -c 'import os\nwhile True:\n  try: os.fork()\n  except OSError: pass'")]
    [InlineData("python3 -c 'import threading, time\nwhile True:\n  try: threading.Thread(target=time.sleep, args=(1000,)).start()\n  except RuntimeError: pass'")]
    public async Task A_fork_bomb_ends_at_the_limit_and_goes_with_its_devbox(string command)
    {
        string id = await Api.NewBoxAsync(), other = await Api.NewBoxAsync();

        string execution = await Api.BeginAsync(id, command);
        int most = 0;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(2); await Task.Delay(20, TestContext.Current.CancellationToken))
        {
            most = Math.Max(most, Leftovers.Processes(server.Used).Length);
        }

        Assert.InRange(most, 2, 64 + 20); // the limit, and what watches over two devboxes
        await ExpectOthersServedAsync(other);
        (await Api.PostAsync($"{execution}/kill")).Expect(200);
        await EndAsync(id, other);
    }

    [Fact]
    public async Task What_a_command_leaves_in_the_background_ends_with_it()
    {
        string id = await Api.NewBoxAsync();
        var watch = Stopwatch.StartNew();

        Ran ran = await Api.RunAsync(id, "sleep 1000 & (setsid nohup sleep 1000 > /dev/null 2>&1 &); (trap '' TERM HUP INT; sleep 1000) & echo done");

        Assert.Equal("done\n", ran.Text);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.Empty(Leftovers.Processes(server.Used));
        await EndAsync(id);
    }

    private async Task ExpectOthersServedAsync(string other)
    {
        for (int i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            (await Api.GetAsync("/healthz")).Expect(200);
            (await Api.WriteAsync(other, "file", "text")).Expect(200);
            Assert.Equal("text", await Api.OutputAsync(other, "cat file"));
            Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private async Task EndAsync(params string[] devboxes)
    {
        foreach (string id in devboxes)
        {
            (await Api.ShutdownAsync(id)).Expect(200);
        }

        Assert.Empty(Leftovers.Processes(server.Used));
        await Leftovers.ExpectNoneButAsync(server.Process, await Api.BoxesAsync("?status=running"));
    }

    /// <summary>Its devboxes may use little.</summary>
    public sealed class Strict : OwnServer
    {
        private static readonly (string Name, long Value)[] Limits =
        [
            ("COFFER_DEVBOX_MAX_BYTES", 200 << 20), ("COFFER_DEVBOX_MAX_FILES", 3000), ("COFFER_DEVBOX_MEMORY_BYTES", 512 << 20),
            ("COFFER_DEVBOX_PROCESSES", 64), ("COFFER_DEVBOX_COMMAND_SECONDS", 20),
        ];

        public ServerSetup Used { get; } = Limits.Aggregate(
            CommandTests.ExecServer.Running(), (setup, limit) => setup.With(limit.Name, limit.Value.ToString(CultureInfo.InvariantCulture)));

        protected override ServerSetup Setup => Used;
    }
}
