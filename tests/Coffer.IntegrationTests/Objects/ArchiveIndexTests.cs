using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>The indexes of archives, as files of the data folder.</summary>
public sealed class ArchiveIndexTests(OwnServer server) : IClassFixture<OwnServer>
{
    private readonly Api _api = server.Api;

    private string Folder => Path.Combine(server.Process.Data, "archive-indexes");

    [Fact]
    public async Task A_file_out_of_a_large_archive_reads_little_of_it()
    {
        const int files = 40;
        byte[] archive = ArchiveCalls.Tgz(Enumerable.Range(0, files).Select(i => ($"file-{i:00}", Bytes.Random(1 << 20, seed: i))));
        string id = await _api.StoreAsync(archive, new { name = "a.tgz", content_type = "tgz" });
        Assert.Equal(files, (await _api.EntriesAsync(id)).Expect(200).Names().Length);

        long before = BytesRead();
        Assert.Equal(Bytes.Random(1 << 20, seed: 30), (await _api.EntryAsync(id, "file-30")).Expect(200).Body);
        long read = BytesRead() - before;

        Assert.InRange(read, 1 << 20, archive.Length / 4); // the file, at most 4 MiB before it, the index, and the request itself
    }

    [Fact]
    public async Task A_damaged_index_is_made_again()
    {
        string id = await _api.StoreAsync(
            ArchiveCalls.Tgz([("a", Bytes.Random(Bytes.OneFile)), ("b", "x"u8.ToArray())]), new { name = "a.tgz", content_type = "tgz" });
        string[] others = Files();
        (await _api.EntriesAsync(id)).Expect(200);
        string index = Assert.Single(Files().Except(others));
        byte[] right = await File.ReadAllBytesAsync(index, TestContext.Current.CancellationToken);

        foreach (byte[] damaged in (byte[][])[[], right[..^1], [.. right[..10], (byte)~right[10], .. right[11..]], new byte[right.Length]])
        {
            await File.WriteAllBytesAsync(index, damaged, TestContext.Current.CancellationToken);

            Assert.Equal(["a", "b"], (await _api.EntriesAsync(id)).Expect(200).Names());
            Assert.Equal("x", (await _api.EntryAsync(id, "b")).Expect(200).Text);
            Assert.Equal(right, await File.ReadAllBytesAsync(index, TestContext.Current.CancellationToken));
        }

        File.Delete(index);
        Assert.Equal("x", (await _api.EntryAsync(id, "b")).Expect(200).Text);
    }

    [Fact]
    public async Task Many_who_ask_at_once_get_the_same()
    {
        string id = await _api.StoreAsync(
            ArchiveCalls.Tgz(Enumerable.Range(0, 300).Select(i => ($"{i:000}", Bytes.Random(Bytes.Inline, i)))), new { name = "a.tgz", content_type = "tgz" });

        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 2 == 0 ? _api.EntriesAsync(id) : _api.EntryAsync(id, $"{i:000}")));

        for (int i = 0; i < answers.Length; i++)
        {
            answers[i].Expect(200);
            if (i % 2 == 0) Assert.Equal(300, answers[i].Names().Length);
            else Assert.Equal(Bytes.Random(Bytes.Inline, i), answers[i].Body);
        }

        Assert.DoesNotContain(Files(), file => file.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Indexes_keep_to_their_size_and_are_cleared_with_their_blobs()
    {
        await using CofferProcess small = await CofferProcess.StartAsync(new ServerSetup().With("COFFER_ARCHIVE_INDEX_MAX_BYTES", "3000"));
        string folder = Path.Combine(small.Data, "archive-indexes");
        var ids = new List<string>();
        for (int i = 0; i < 4; i++)
        {
            ids.Add(await small.Api.StoreAsync(
                ArchiveCalls.Tgz(Enumerable.Range(0, 20).Select(name => ($"{name}", Bytes.Random(Bytes.Inline, name)))), new { name = "a.tgz", content_type = "tgz" }));
            (await small.Api.EntriesAsync(ids[i])).Expect(200);
        }

        Assert.InRange(Directory.GetFiles(folder).Sum(file => new FileInfo(file).Length), 1, 3000);
        foreach (string id in ids) Assert.Equal(20, (await small.Api.EntriesAsync(id)).Expect(200).Names().Length);

        // What belongs to no blob is cleared by the next start, as are files that a crash left unfinished.
        File.WriteAllText(Path.Combine(folder, new string('0', 32)), "of a blob that is gone");
        File.WriteAllText(Path.Combine(folder, $"{new string('0', 32)}-x.part"), "unfinished");
        await small.StopAsync();
        await small.StartAgainAsync();
        (await small.Api.EntriesAsync(ids[3])).Expect(200);
        for (int i = 0; File.Exists(Path.Combine(folder, new string('0', 32))); i++)
        {
            Assert.True(i < 300, "the index of no blob is still there");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Empty(Directory.GetFiles(folder, "*.part"));
    }

    /// <summary>What the server has read from files and sockets so far.</summary>
    private long BytesRead() => long.Parse(
        File.ReadLines($"/proc/{server.Process.ServerPid}/io").First(line => line.StartsWith("rchar:", StringComparison.Ordinal))["rchar:".Length..],
        System.Globalization.CultureInfo.InvariantCulture);

    private string[] Files() => Directory.Exists(Folder) ? Directory.GetFiles(Folder) : [];
}
