using System.Diagnostics;
using System.Text;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Objects;

/// <summary>
/// What upkeep does in the background: deleted bytes leave the disk within ten minutes (in practice about one: blobs have that
/// much grace), and times of reading are written back.
/// </summary>
[Trait("Lane", "slow")]
public sealed class FreedBytesTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_bytes_of_deleted_replaced_and_expired_objects_leave_the_files()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        Api api = server.Api;
        string[] marks = [.. Enumerable.Range(0, 3).Select(_ => Guid.NewGuid().ToString("N"))];
        byte[] large = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(marks[2], 4000)));

        string inline = await api.StoreAsync(marks[0]);
        await api.StoreAsync(Encoding.ASCII.GetBytes(marks[1]), new { name = "a", content_type = "text", ttl_ms = 1000 });
        string file = await api.StoreAsync(large, new { name = "a", content_type = "text" });
        CreatedObject replaced = await api.CreateAsync();
        (await api.UploadAsync(replaced.UploadUrl, large)).Expect(200);
        (await api.UploadAsync(replaced.UploadUrl, "small")).Expect(200);
        string kept = await api.StoreAsync(Bytes.Random(Bytes.OneFile), new { name = "a", content_type = "binary" });
        Assert.Equal(3, BlobFiles.All(server).Length);
        Assert.All(marks, mark => Assert.True(IsInFiles(server, mark)));

        Assert.True((await api.RetrieveAsync(kept)).Json.IsNullOrAbsent("last_access_time_ms"));
        long readAt = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        (await api.DownloadAsync(kept)).Expect(200);

        (await api.RemoveAsync(inline)).Expect(200);
        (await api.RemoveAsync(file)).Expect(200);

        var waited = Stopwatch.StartNew();
        while (BlobFiles.All(server).Length > 1 || marks.Any(mark => IsInFiles(server, mark)) || await LastReadAsync() is null)
        {
            Assert.True(waited.Elapsed < Deadline, $"{BlobFiles.All(server).Length} blob files; still found: {string.Join(", ", marks.Select(mark => IsInFiles(server, mark)))}");
            await Task.Delay(TimeSpan.FromSeconds(2));
            await api.StoreAsync("later writes"); // the log of the catalog is reused by them
        }

        Assert.Equal(Bytes.Random(Bytes.OneFile), (await api.DownloadAsync(kept)).Body);
        Assert.InRange((await LastReadAsync())!.Value, readAt - 60_000, readAt + 60_000);

        async Task<long?> LastReadAsync() => (await api.RetrieveAsync(kept)).Json.Number("last_access_time_ms");
    }

    private static bool IsInFiles(CofferProcess server, string mark) =>
        Directory.GetFiles(server.Data, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not ("coffer.lock" or "ballast"))
            .Any(file => Contains(file, mark));

    private static bool Contains(string file, string mark)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var all = new MemoryStream();
            stream.CopyTo(all);
            return all.GetBuffer().AsSpan(0, (int)all.Length).IndexOf(Encoding.ASCII.GetBytes(mark)) >= 0;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }
}
