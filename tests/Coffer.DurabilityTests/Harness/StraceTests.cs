using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Coffer.DurabilityTests.Disk;
using Coffer.DurabilityTests.Shim;
using Coffer.DurabilityTests.Strace;

namespace Coffer.DurabilityTests.Harness;

/// <summary>Reading strace, and proving by it that what was promised was synced first.</summary>
public sealed class StraceTests
{
    private const int Objects = 7;

    private readonly ITestOutputHelper _output;

    public StraceTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void A_call_that_another_thread_interrupts_is_read_as_one()
    {
        IReadOnlyList<SysCall> calls = StraceLog.Parse(
        [
            """10  1700000000.100000 pwrite64(7</d/x.db-wal>, "a, \"b\") = 3"..., 4096, 0) = 4096""",
            """10  1700000000.200000 fdatasync(7</d/x.db-wal> <unfinished ...>""",
            """11  1700000000.300000 sendto(9<TCP:[127.0.0.1:80->127.0.0.1:5000]>, "HTTP/1.1 200 OK"..., 15, 0, NULL, 0) = 15""",
            """10  1700000000.400000 <... fdatasync resumed>) = 0""",
            """10  1700000000.500000 openat(AT_FDCWD</d>, "y", O_RDWR|O_CREAT, 0644) = 8</d/y>""",
            """10  1700000000.600000 fsync(8</d/y>) = -1 EIO (Input/output error)""",
            """10  1700000000.700000 +++ exited with 0 +++""",
        ]);

        Assert.Equal(["pwrite64", "sendto", "fdatasync", "openat", "fsync"], calls.Select(call => call.Name));
        SysCall sync = calls[2];
        Assert.Equal((1, 3, "/d/x.db-wal", 0L), (sync.Began, sync.Ended, sync.Descriptor, sync.Result));
        Assert.Equal(["7</d/x.db-wal>", "\"a, \\\"b\\\") = 3\"...", "4096", "0"], calls[0].Arguments);
        Assert.Equal("TCP:[127.0.0.1:80->127.0.0.1:5000]", calls[1].Descriptor);
        Assert.Equal(("/d/y", "/d/y"), (calls[3].PathAt(1), calls[3].ResultPath));
        Assert.Equal((false, "EIO (Input/output error)"), (calls[4].Succeeded, calls[4].Error));
        Assert.Single(new SyncProof(calls, "/d").MissingBefore(calls[1])); // the sync ended after the answer began
    }

    [Theory]
    [InlineData(nameof(Slip.None), "")]
    [InlineData(nameof(Slip.NoDirectorySync), "its name, by rename")]
    [InlineData(nameof(Slip.NoFileSync), "was not synced before it got that name")]
    [InlineData(nameof(Slip.NormalSynchronous), "tiny.db-wal: pwrite64")]
    [InlineData(nameof(Slip.RowBeforeBytes), "was not synced before the last row was written")]
    [InlineData(nameof(Slip.AnswerBeforeCommit), "was not synced before the last row was written")]
    public async Task Strace_proves_the_right_protocol_and_sees_each_slip(string slip, string expected)
    {
        using var scratch = new ScratchFolder();
        IReadOnlyList<SysCall> calls = await TraceAsync(scratch, slip, disk: null);
        var proof = new SyncProof(calls, Path.Combine(scratch.Path, "data"));
        IReadOnlyList<SysCall> answers = proof.Answers("HTTP/1.1 200");
        Assert.Equal(Objects, answers.Count);

        string[] missing =
            [.. answers.SelectMany((answer, i) => proof.MissingBefore(answer, since: i == 0 ? null : answers[i - 1]))];

        foreach (string line in missing) _output.WriteLine(line);
        if (expected.Length == 0) Assert.Empty(missing);
        else Assert.Contains(missing, line => line.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_that_changes_the_disk_goes_past_the_shim()
    {
        using var disk = new ShimmedDisk();
        using var scratch = new ScratchFolder();
        IReadOnlyList<SysCall> calls = await TraceAsync(scratch, nameof(Slip.None), disk);

        IReadOnlyList<string> past = ShimCheck.PastTheShim(calls, disk);

        Assert.Empty(past);
        Assert.Equal(Objects, disk.ReadJournal().Entries.Count(entry => entry.Kind == JournalKind.Answer));
    }

    private static async Task<IReadOnlyList<SysCall>> TraceAsync(ScratchFolder scratch, string slip, ShimmedDisk? disk)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        string folder = disk is null ? Path.Combine(scratch.Path, "data") : StandIn.FolderOn(disk);
        ProcessStartInfo start = StandIn.Command("put", folder, slip, Objects.ToString(CultureInfo.InvariantCulture), port);
        disk?.Attach(start);
        string log = Path.Combine(scratch.Path, "strace.log");

        using Process process = Process.Start(StraceLog.Trace(start, log))!;
        using (TcpClient answers = await listener.AcceptTcpClientAsync()) await answers.GetStream().CopyToAsync(Stream.Null);
        await process.WaitForExitAsync();
        Assert.Equal("", await process.StandardError.ReadToEndAsync());
        return await StraceLog.ReadAsync(log, process.Id, CancellationToken.None);
    }
}
