using System.Diagnostics;
using Coffer.IntegrationTests.Server;
using Coffer.UnitTests.Archives;
using Contents = Coffer.UnitTests.Archives.Samples;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>Small archives of large contents, under the limits that a server has when nobody sets any but that of files.</summary>
[Trait("Speed", "Slow")]
public sealed class BombTests(BombTests.Server server) : IClassFixture<BombTests.Server>
{
    private static readonly byte[] End = Contents.Gzip(new byte[1024]);

    private Api Api => server.Api;

    [Fact]
    public async Task A_gigabyte_of_zeros_in_a_megabyte()
    {
        byte[] zeros = Contents.Gzip(new byte[1 << 20]);
        byte[] bomb = [.. Contents.Gzip(new TarBuilder().Entry('0', "zeros", [], size: Convert.ToString(1L << 30, 8).PadLeft(11, '0')).Cut()), .. Repeated(zeros, 1024), .. End];
        Assert.InRange(bomb.Length, 1_000_000, 1_200_000);

        await RefusedAsync(bomb, "tgz", "bomb", TimeSpan.FromSeconds(30));
        await RefusedAsync([.. Repeated(zeros, 1024)], "gzip", "bomb", TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Ten_million_entries()
    {
        byte[] thousand = Contents.Gzip(Enumerable.Range(0, 1000).Aggregate(new TarBuilder(), (archive, i) => archive.File($"e{i}", "")).Cut());

        await RefusedAsync([.. Repeated(thousand, 10_000), .. End], "tgz", "50000 entries", TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData("9223372036854775807"), InlineData("9223372036854775808"), InlineData("10737418241"), InlineData("1e30")]
    public async Task A_tar_that_claims_up_to_2_to_the_63rd_bytes(string size)
    {
        byte[] extended = new TarBuilder().Pax('x', ("size", size)).File("huge", "").End();
        byte[] holes = HostileArchives.Sparse("0,4", size, "1234");

        await RefusedAsync(extended, "tar", "", TimeSpan.FromSeconds(20));
        await RefusedAsync(holes, "tar", "", TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Many_small_claims_that_are_too_much_together()
    {
        // Holes take no room, and count all the same.
        byte[] hole = new TarBuilder()
            .Pax('x', ("GNU.sparse.size", "4294967296"), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", "0,4"), ("GNU.sparse.name", "holes"))
            .File("GNUSparseFile.0/holes", "1234").Cut();

        await RefusedAsync([.. Repeated(hole, 4), .. new byte[1024]], "tar", "10737418240 bytes", TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task What_is_packed_twice_stays_packed_once()
    {
        byte[] inner = Contents.Gzip(new byte[200 << 20]);
        byte[] middle = Contents.Gzip(new TarBuilder().Entry('0', "inner.tar.gz", inner).End());
        string id = await Api.NewBoxAsync((await Api.StoreAsync(Contents.Gzip(new TarBuilder().Entry('0', "middle.tgz", middle).End()), "a.tgz", "tgz"), "/m"));

        Assert.Equal(middle, (await Api.DownloadAsync(id, "/m/middle.tgz")).Expect(200).Body);
        (await Api.ShutdownAsync(id)).Expect(200);

        // A file of a compressed file, too; and only the outer one counts for what it is.
        string twice = await Api.NewBoxAsync((await Api.StoreAsync(Contents.Gzip(inner), "a.gz", "gzip"), "/m.gz"));
        Assert.Equal(inner, (await Api.DownloadAsync(twice, "/m.gz")).Expect(200).Body);
        (await Api.ShutdownAsync(twice)).Expect(200);
    }

    [Fact]
    public async Task The_same_bomb_many_times_at_once()
    {
        byte[] bomb = [.. Contents.Gzip(new TarBuilder().Entry('0', "zeros", [], size: "10000000000").Cut()), .. Repeated(Contents.Gzip(new byte[1 << 20]), 1024)];
        string id = await Api.StoreAsync(bomb, "a.tgz", "tgz");
        var watch = Stopwatch.StartNew();

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Api.CreateBoxAsync(DevboxApi.MountsOf((id, "/a"), (id, "/b")))));

        Assert.All(answers, answer => answer.ExpectError(400, "archive_invalid"));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Empty(await Api.BoxesAsync());
        await Leftovers.ExpectNoneButAsync(server.Process, []);
    }

    private static IEnumerable<byte> Repeated(byte[] member, int times) => Enumerable.Repeat(member, times).SelectMany(static bytes => bytes);

    private async Task RefusedAsync(byte[] bomb, string contentType, string reason, TimeSpan longest)
    {
        string id = await Api.StoreAsync(bomb, "bomb", contentType);
        long before = server.PeakKiB();
        var watch = Stopwatch.StartNew();

        Answer answer = await Api.CreateBoxAsync(DevboxApi.MountsOf((id, "/home/user/bomb")));

        // What takes longer than a call may is a devbox that was told of, and fails.
        string? told = answer.Status is System.Net.HttpStatusCode.OK ? answer.Json.Text("id") : null;
        if (told is null)
        {
            answer.ExpectError(400, "archive_invalid");
            Assert.Contains($"mounts[0]: the object {id} cannot be unpacked: ", answer.Json.Text("message"), StringComparison.Ordinal);
            Assert.Contains(reason, answer.Json.Text("message"), StringComparison.Ordinal);
        }
        else
        {
            while ((await Api.BoxAsync(told)).Expect(200).Json.Text("status") == "provisioning")
            {
                Assert.InRange(watch.Elapsed, TimeSpan.Zero, longest);
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }

            Assert.Equal("failure", (await Api.BoxAsync(told)).Expect(200).Json.Text("status"));
        }

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, longest);
        Assert.InRange(server.PeakKiB() - before, 0, 150 << 10);
        Assert.Empty(await Api.BoxesAsync("?status=running"));
        await Leftovers.ExpectNoneButAsync(server.Process, []);
    }

    public sealed class Server : OwnServer
    {
        protected override ServerSetup Setup => new ServerSetup().With("COFFER_DEVBOX_MAX_FILES", "50000"); // a million would do, and take minutes

        public long PeakKiB() => LargeFileTests.PeakKiB(Process);
    }
}
