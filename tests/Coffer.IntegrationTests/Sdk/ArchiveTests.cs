using System.Text;
using Coffer.Client;
using Coffer.ClientTests.Serving;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

/// <summary>What the SDK packed is looked into by the SDK.</summary>
public sealed class ArchiveTests(SharedServer server)
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_directory_that_went_up_is_listed_and_its_files_are_read(bool async)
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        using var folder = new TemporaryFolder();
        byte[] large = Bytes.Random(3_000_000);
        folder.Write("site/index.html", "<p>hello");
        folder.Write("site/deep/größe 🎉 100%.bin", large);
        string deep = $"deep/{new string('d', 120)}/{new string('n', 150)}.txt";
        folder.Write($"site/{deep}", "a long path");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "site", "link"), "index.html");
        StorageObject stored = await coffer.StorageObjects.UploadFromDirectoryAsync(Path.Combine(folder.Path, "site"));

        List<ArchiveEntry> entries = async ? await CollectAsync(stored.ListAllEntriesAsync(new() { Limit = 2 })) : [.. stored.ListAllEntries(new() { Limit = 2 })];

        Assert.Equal(
            ["deep", $"deep/{new string('d', 120)}", deep, "deep/größe 🎉 100%.bin", "index.html", "link"],
            entries.Select(entry => entry.Name));
        Assert.Equal((ArchiveEntryKind.SymbolicLink, "index.html"), (entries[^1].Kind, entries[^1].Target));
        Assert.Equal((ArchiveEntryKind.File, 8L, "0644"), (entries[^2].Kind, entries[^2].SizeBytes, entries[^2].Mode));
        Assert.Equal(ArchiveEntryKind.Directory, entries[0].Kind);
        Assert.InRange(entries[^2].ModifiedAt, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        Assert.All(entries, entry => Assert.Null(entry.ExtraFields));

        ArchiveEntryPage page = await Twin.Run(
            async, () => stored.ListEntriesAsync(new() { Limit = 1, StartingAfter = "deep/" }), () => stored.ListEntries(new() { Limit = 1, StartingAfter = "deep/" }));
        Assert.Equal((1, true, 6L), (page.Entries.Count, page.HasMore, page.TotalCount));
        Assert.Equal("a long path", Encoding.UTF8.GetString(await ReadAsync(deep)));
        Assert.Equal(large, await ReadAsync("deep/größe 🎉 100%.bin"));

        async Task<byte[]> ReadAsync(string name)
        {
            long heard = 0;
            var options = new DownloadOptions { Progress = new Direct(value => heard = value.BytesDone) };
            await using Stream content = await Twin.Run(async, () => stored.OpenEntryAsync(name, options), () => stored.OpenEntry(name, options));
            using var bytes = new MemoryStream();
            await content.CopyToAsync(bytes, TestContext.Current.CancellationToken);
            Assert.Equal(bytes.Length, heard);
            return bytes.ToArray();
        }
    }

    [Fact]
    public async Task Refusals_say_what_is_wrong()
    {
        using CofferClient coffer = SdkClient.For(server.Api);
        StorageObject text = await coffer.StorageObjects.UploadFromTextAsync("no archive", "a.txt");
        StorageObject archive = coffer.StorageObjects.FromId(await server.Api.StoreArchiveAsync(("a", "x")));

        Assert.Equal("archive_invalid", (await Assert.ThrowsAsync<CofferException>(() => text.ListEntriesAsync())).Code);
        Assert.Equal("entry_not_found", (await Assert.ThrowsAsync<CofferException>(() => archive.OpenEntryAsync("b"))).Code);
        foreach (string name in (string[])["", "../a", "a//b", "./a", "/a"])
        {
            await Assert.ThrowsAsync<ArgumentException>(() => archive.OpenEntryAsync(name));
        }
    }

    private static async Task<List<ArchiveEntry>> CollectAsync(IAsyncEnumerable<ArchiveEntry> entries)
    {
        var found = new List<ArchiveEntry>();
        await foreach (ArchiveEntry entry in entries) found.Add(entry);
        return found;
    }

    private sealed class Direct(Action<TransferProgress> report) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => report(value);
    }
}
