using System.Diagnostics;
using Coffer.Devboxes;
using Coffer.Devboxes.Execution;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>What a command may use: the rest of the machine does not notice one that wants everything.</summary>
public sealed class LimitTests(Boxes boxes) : IClassFixture<Boxes>
{
    [Fact]
    public async Task A_fork_bomb_ends_at_the_limit_and_with_its_command()
    {
        SandboxTests.RequireRoot();
        RunningDevbox devbox = boxes.Make();

        CommandExecution bomb = await boxes.Executions.StartAsync(devbox, new CommandRequest("bomb() { bomb | bomb & }; bomb; sleep 1000"));
        int most = 0;
        for (var watched = Stopwatch.StartNew(); watched.Elapsed < TimeSpan.FromSeconds(2); await Task.Delay(20))
        {
            most = Math.Max(most, Boxes.ProcessesOf(devbox).Length);
        }

        Assert.InRange(most, 20, boxes.Options.Processes + 1); // it did grow, and no further
        await Executions.KillAsync(bomb, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(Boxes.ProcessesOf(devbox));
        Assert.Equal("fine\n", (await boxes.RunAsync(devbox, "echo fine")).Text);
    }

    [Fact]
    public async Task The_limit_of_processes_is_the_devbox_s_whatever_number_of_commands()
    {
        RunningDevbox devbox = boxes.Make();
        const string Many = "for i in $(seq 40); do sleep 1000 & done; echo begun; wait";
        CommandExecution[] commands = [.. await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => boxes.Executions.StartAsync(devbox, new CommandRequest(Many))))];

        Task ended = Task.WhenAll(commands.Select(command => command.Completed));
        await Task.WhenAny(ended, Task.Delay(2000));

        Assert.InRange(Boxes.ProcessesOf(devbox).Length, 0, boxes.Options.Processes + 1);
        await boxes.Executions.EndAsync(devbox.Id);
        await ended.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(Boxes.ProcessesOf(devbox));
    }

    [Fact]
    public async Task A_process_that_wants_more_memory_than_the_devbox_has_gets_none()
    {
        Ran ran = await boxes.RunAsync(boxes.Make(), "head -c 2000000000 /dev/zero | tail > /dev/null");

        Assert.NotEqual(0, ran.Exit);
    }

    [Fact]
    public async Task Processes_that_want_too_much_together_are_ended()
    {
        // Each is below the limit of a process, all of them far above that of the devbox.
        Ran ran = await boxes.RunAsync(boxes.Make(), "for i in 1 2 3 4 5 6 7 8; do { head -c 300000000 /dev/zero | tail | sleep 30; } & done; wait; sleep 30");

        Assert.Equal(137, ran.Exit);
        Assert.Contains("coffer: ended, because the devbox used more than 536870912 bytes of memory", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shared_memory_is_bounded_and_what_nobody_counts_is_refused()
    {
        RunningDevbox devbox = boxes.Make();

        Ran ran = await boxes.RunAsync(devbox, "head -c 200000000 /dev/zero > /dev/shm/a; stat -c %s /dev/shm/a; touch /dev/a");

        Assert.Equal("67108864\n", ran.Output);
        Assert.NotEqual(0, ran.Exit);
    }

    [Fact]
    public async Task Files_end_at_the_largest_size()
    {
        Ran ran = await boxes.RunAsync(boxes.Make(), "head -c 300000000 /dev/zero > /home/user/large; stat -c %s /home/user/large; ulimit -c -n -t");

        Assert.StartsWith("268435456\n", ran.Text, StringComparison.Ordinal);
        Assert.Matches("core file size .* 0\n", ran.Text);
        Assert.Matches("open files .* 1024\n", ran.Text);
        Assert.Matches("cpu time .* 60\n", ran.Text);
    }

    [Theory]
    [InlineData("for i in 1 2 3 4; do head -c 200000000 /dev/zero > $i; done; sleep 30")]
    [InlineData("mkdir a && cd a && seq 6000 | xargs touch; sleep 30")]
    [InlineData("for i in 1 2 3 4; do exec {fd}> a; rm a; head -c 200000000 /dev/zero >&$fd; done; sleep 30")] // open without a name
    [InlineData("python3 -c 'import mmap, os, time\nfor i in range(3):\n  f = open(\"a\", \"w+b\"); f.truncate(150000000); m = mmap.mmap(f.fileno(), 0); os.unlink(\"a\"); f.close()\n  for at in range(0, 150000000, 4096): m[at] = 1\n  globals()[i] = m\ntime.sleep(30)'")] // mapped alone
    public async Task A_devbox_that_grows_beyond_its_room_has_its_commands_ended(string command)
    {
        Ran ran = await boxes.RunAsync(boxes.Make(), command);

        Assert.Equal(137, ran.Exit);
        Assert.Contains("coffer: ended, because the devbox held more than 419430400 bytes or 5000 files", ran.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endless_output_ends()
    {
        var watched = Stopwatch.StartNew();
        CommandExecution endless = await boxes.Executions.StartAsync(boxes.Make(), new CommandRequest("yes"));
        await endless.Completed.WaitAsync(TimeSpan.FromSeconds(50));

        Assert.Equal(137, endless.ExitStatus);
        Assert.Equal(Executions.MaxOutputBytes, endless.Output.Length);
        Assert.Equal($"\ncoffer: ended, because it wrote more than {Executions.MaxOutputBytes} bytes\n", OutputText.EndOf(endless.Errors, null).Text);
        (string text, bool isCut) = OutputText.EndOf(endless.Output, null);
        Assert.True(isCut);
        Assert.Equal(OutputText.MaxViewBytes, text.Length);
    }

    [Fact]
    public async Task What_runs_in_the_background_ends_with_its_command()
    {
        RunningDevbox devbox = boxes.Make();
        var watched = Stopwatch.StartNew();

        Ran ran = await boxes.RunAsync(devbox, "sleep 1000 & (setsid nohup sleep 1000 &) ; (trap '' TERM HUP INT; sleep 1000) & echo done");

        Assert.Equal("done\n", ran.Text);
        Assert.InRange(watched.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        if (devbox.HostUid is not null)
        {
            Assert.Empty(Boxes.ProcessesOf(devbox));
        }
    }
}
