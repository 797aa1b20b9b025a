using System.Text.Json;
using System.Text.RegularExpressions;
using Coffer.DurabilityTests.Shim;
using Coffer.IntegrationTests.Server;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>A real small file system, with data folder and write-ahead log on it, runs out of bytes or of inodes.</summary>
public sealed partial class FullDiskTests : IDisposable
{
    private const int MiB = 1 << 20;
    private KeptVolume? _kept;

    public void Dispose() => _kept?.Dispose();

    [Fact, Trait("Speed", "Slow")]
    public async Task Without_bytes_writes_are_refused_reads_and_deletes_go_on_and_writes_resume()
    {
        using var disk = new ShimmedDisk();
        await using CofferProcess server = OnVolume(disk, sizeBytes: 40 * MiB, inodes: 4_096);
        await server.StartAgainAsync();
        (await server.Api.PostAsync("/storage/v1/bucket", new { name = "full" })).Expect(200);
        CreatedObject waiting = await server.Api.CreateAsync("waiting", "binary");
        List<TrackedObject> small = await FillAsync(server, sizeBytes: 40_000, most: 3);
        List<TrackedObject> stored = await FillAsync(server, sizeBytes: MiB);

        // Others take what the reserve had kept: not one byte is free.
        string filler = Path.Combine(Seen(server), "filler");
        FillUp(filler);
        (await server.Api.GetAsync("/readyz")).Expect(200);
        Answer refused = (await server.Api.SendAsync("POST", "/storage/v1/object/full/a", new ByteArrayContent(new byte[MiB]))).Expect(507);
        Assert.Equal(("507", "InsufficientStorage"), (refused.Json.Text("statusCode"), refused.Json.Text("code")));
        foreach (int sizeBytes in new[] { 1, 40_000, MiB }) // in the catalog, and in a file
        {
            ExpectNoRoom(await server.Api.UploadAsync(waiting.UploadUrl, new Content(sizeBytes, 7).Bytes()));
        }

        ExpectNoRoom(await server.Api.PostAsync("/v1/objects", new { name = "no room", content_type = "binary" }));
        (await server.Api.CompleteAsync(waiting.Id)).ExpectError(400, "nothing_uploaded");
        TrackedObject victim = stored[0];
        await CheckAsync(server, stored[^1]);
        foreach (TrackedObject it in stored.Take(15)) await DeleteAsync(server, it);
        Assert.Equal(410, (int)(await server.Api.GetAsync($"/v1/objects/{victim.Id}/download")).Status);
        await CheckAsync(server, stored[^1]);
        await CheckAsync(server, small[^1]);

        disk.Clock.Offset += TimeSpan.FromSeconds(90); // the grace of released bytes is over
        await ResumesAsync(server, MiB);
        Assert.True(File.Exists(filler));
        await CheckAllAsync(server, [.. small, .. stored.Skip(15)]);
    }

    [Fact, Trait("Speed", "Slow")]
    public async Task Without_inodes_writes_are_refused_reads_and_deletes_go_on_and_writes_resume()
    {
        using var disk = new ShimmedDisk();
        await using CofferProcess server = OnVolume(disk, sizeBytes: 200 * MiB, inodes: 330);
        await server.StartAgainAsync();
        List<TrackedObject> stored = await FillAsync(server, sizeBytes: 70_000);
        CreatedObject waiting = await server.Api.CreateAsync("waiting", "binary");

        for (int i = 0; i < 1_000; i++)
        {
            try
            {
                File.Create(Path.Combine(Seen(server), $"filler-{i}")).Dispose();
            }
            catch (IOException)
            {
                break; // not one inode is free
            }
        }

        Assert.ThrowsAny<IOException>(() => File.Create(Path.Combine(Seen(server), "one-more")).Dispose());
        (await server.Api.GetAsync("/readyz")).Expect(200);
        ExpectNoRoom(await server.Api.UploadAsync(waiting.UploadUrl, new Content(70_000, 7).Bytes()));
        (await server.Api.CompleteAsync(waiting.Id)).ExpectError(400, "nothing_uploaded");
        await server.Api.CreateAsync("another", "binary"); // a row takes no inode
        await CheckAsync(server, stored[^1]);
        foreach (TrackedObject it in stored.Take(30)) await DeleteAsync(server, it);
        disk.Clock.Offset += TimeSpan.FromSeconds(90);
        await ResumesAsync(server, 70_000);
        await CheckAllAsync(server, stored.Skip(30));
    }

    private CofferProcess OnVolume(ShimmedDisk disk, long sizeBytes, int inodes) => CofferProcess.Make(new ServerSetup
    {
        Folder = disk.Root,
        Prepare = start =>
        {
            disk.Attach(start, journaled: false);
            _ = _kept?.Enter(start) ?? TinyVolume.Mount(start, disk.Root, sizeBytes, inodes);
        },
    });

    /// <summary>The data folder as the server sees it.</summary>
    private static string Seen(CofferProcess server) => $"/proc/{server.ServerPid}/root{server.Data}";

    /// <summary>Stores objects until one is refused, and checks the refusal. Returns those that were stored.</summary>
    private static async Task<List<TrackedObject>> FillAsync(CofferProcess server, int sizeBytes, int most = 1_000)
    {
        var ledger = new Ledger();
        var client = new Client(server);
        var stored = new List<TrackedObject>();
        for (int i = 0; i < most; i++)
        {
            TrackedObject it = ledger.New($"of-{sizeBytes}");
            Assert.Equal(Outcome.Acknowledged, await client.CreateAsync(it));
            var content = new Content(sizeBytes, i);
            Answer answer = await server.Api.UploadAsync(it.UploadUrl!, content.Bytes());
            if ((int)answer.Status == 507)
            {
                ExpectNoRoom(answer);
                Answer complete = await server.Api.CompleteAsync(it.Id!);
                complete.ExpectError(400, "nothing_uploaded");
                return stored;
            }

            answer.Expect(200);
            (await server.Api.CompleteAsync(it.Id!)).Expect(200);
            it.Found(new View(View.ReadOnly, it.Name, content));
            stored.Add(it);
        }

        return most < 1_000 ? stored : throw new InvalidOperationException("the volume did not become full");
    }

    private static void ExpectNoRoom(Answer answer)
    {
        answer.ExpectError(507, "out_of_space");
        Assert.Equal("false", answer.Header("x-should-retry"));
        Assert.Matches(Figures(), answer.Json.Text("message")!);
    }

    private static void FillUp(string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        Assert.ThrowsAny<IOException>(() =>
        {
            for (int i = 0; i < 100_000; i++) file.Write(page);
        });
    }

    private static async Task CheckAsync(CofferProcess server, TrackedObject it)
    {
        Content expected = it.Allowed().Single().Content!;
        byte[] found = (await server.Api.DownloadAsync(it.Id!)).Expect(200).Body;
        Assert.True(expected.Bytes().AsSpan().SequenceEqual(found));
    }

    /// <summary>Nothing that was acknowledged and not deleted is lost or damaged, now and after a stop and a start; ends with a stop.</summary>
    private async Task CheckAllAsync(CofferProcess server, IEnumerable<TrackedObject> left)
    {
        TrackedObject[] all = [.. left];
        Assert.NotEmpty(all);
        foreach (TrackedObject it in all) await CheckAsync(server, it);
        _kept = new KeptVolume(server.ServerPid);
        await server.StopAsync();
        await server.StartAgainAsync();
        foreach (TrackedObject it in all) await CheckAsync(server, it);
        await server.StopAsync();
    }

    private static async Task DeleteAsync(CofferProcess server, TrackedObject it) =>
        Assert.Equal(View.Deleted, (await server.Api.RemoveAsync(it.Id!)).Expect(200).Json.Text("state"));

    /// <summary>Writes are taken again without a restart, as soon as the sweep came round.</summary>
    private static async Task ResumesAsync(CofferProcess server, int sizeBytes)
    {
        byte[] bytes = new Content(sizeBytes, 99).Bytes();
        Answer room = await UntilThereIsRoomAsync(() => server.Api.PostAsync("/v1/objects", new { name = "again", content_type = "binary" }));
        JsonElement made = room.Expect(200).Json;
        (await UntilThereIsRoomAsync(() => server.Api.UploadAsync(made.Text("upload_url")!, bytes))).Expect(200);
        string id = made.Text("id")!;
        (await server.Api.CompleteAsync(id)).Expect(200);
        byte[] found = (await server.Api.DownloadAsync(id)).Expect(200).Body;
        Assert.True(bytes.AsSpan().SequenceEqual(found));
    }

    private static async Task<Answer> UntilThereIsRoomAsync(Func<Task<Answer>> call)
    {
        Answer answer = await call();
        for (int i = 0; i < 40 && (int)answer.Status == 507; i++)
        {
            await Task.Delay(1_000);
            answer = await call();
        }

        return answer;
    }

    [GeneratedRegex(@"\d+ bytes and \d+ inodes are free", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Figures();
}
