using System.Globalization;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Hosting;

/// <summary>Each metric moves when what it measures happens.</summary>
public sealed class MetricTests(OwnServer server) : IClassFixture<OwnServer>
{
    private readonly Api _api = server.Api;

    [Fact]
    public async Task Requests_are_counted_by_operation_and_status()
    {
        double created = await ValueAsync("coffer_requests_total", "operation=\"objects.create\",status=\"200\"");
        double refused = await ValueAsync("coffer_requests_total", "operation=\"objects.create\",status=\"400\"");

        await _api.CreateAsync();
        await _api.CreateAsync();
        (await _api.PostAsync("/v1/objects", "{}")).Expect(400);

        Assert.Equal(created + 2, await ValueAsync("coffer_requests_total", "operation=\"objects.create\",status=\"200\""));
        Assert.Equal(refused + 1, await ValueAsync("coffer_requests_total", "operation=\"objects.create\",status=\"400\""));
    }

    [Fact]
    public async Task The_duration_of_requests_is_a_histogram()
    {
        await _api.CreateAsync();
        double before = await ValueAsync("coffer_request_seconds_count", "operation=\"objects.create\"");
        double sum = await ValueAsync("coffer_request_seconds_sum", "operation=\"objects.create\"");

        await _api.CreateAsync();

        Assert.Equal(before + 1, await ValueAsync("coffer_request_seconds_count", "operation=\"objects.create\""));
        Assert.Equal(before + 1, await ValueAsync("coffer_request_seconds_bucket", "operation=\"objects.create\",le=\"+Inf\""));
        Assert.InRange(await ValueAsync("coffer_request_seconds_sum", "operation=\"objects.create\"") - sum, 0.00001, 30);
    }

    [Fact]
    public async Task Bytes_in_and_out_are_counted()
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        double bytesIn = await ValueAsync("coffer_bytes_in_total");
        (await _api.UploadAsync(created.UploadUrl, Bytes.Random(Bytes.OneFile))).Expect(200);
        Assert.InRange(await ValueAsync("coffer_bytes_in_total") - bytesIn, Bytes.OneFile, Bytes.OneFile + 10_000);

        (await _api.CompleteAsync(created.Id)).Expect(200);
        double bytesOut = await ValueAsync("coffer_bytes_out_total");
        (await _api.DownloadAsync(created.Id)).Expect(200);
        Assert.InRange(await ValueAsync("coffer_bytes_out_total") - bytesOut, Bytes.OneFile, Bytes.OneFile + 100_000);
    }

    [Theory]
    [InlineData("coffer_writer_batch_size"), InlineData("coffer_writer_sync_seconds")]
    public async Task Batches_and_their_syncs_are_histograms(string name)
    {
        double before = await ValueAsync($"{name}_count");
        double sum = await ValueAsync($"{name}_sum");

        await _api.CreateAsync();

        Assert.True(await ValueAsync($"{name}_count") > before);
        Assert.True(await ValueAsync($"{name}_sum") > sum);
    }

    [Fact]
    public async Task Objects_and_their_bytes_are_counted_by_state()
    {
        (double Uploading, double ReadOnly, double Deleted, double Bytes) before = await TotalsAsync();

        await _api.CreateAsync();
        string id = await _api.StoreAsync(Bytes.Random(1234), new { name = "a", content_type = "binary" });
        (double Uploading, double ReadOnly, double Deleted, double Bytes) stored = await TotalsAsync();
        (await _api.RemoveAsync(id)).Expect(200);
        (double Uploading, double ReadOnly, double Deleted, double Bytes) deleted = await TotalsAsync();

        Assert.Equal((before.Uploading + 1, before.ReadOnly + 1, before.Deleted, before.Bytes + 1234), stored);
        Assert.Equal((before.Uploading + 1, before.ReadOnly, before.Deleted + 1, before.Bytes), deleted);
    }

    [Fact]
    public async Task An_object_whose_bytes_got_lost_counts_as_one_in_error_until_it_is_deleted()
    {
        CreatedObject created = await _api.CreateAsync("a", "binary");
        string file = await BlobFiles.MadeByAsync(
            server.Process, async () => (await _api.UploadAsync(created.UploadUrl, Bytes.Random(Bytes.OneFile))).Expect(200));
        double uploading = await ValueAsync("coffer_objects", "state=\"UPLOADING\""), failed = await ValueAsync("coffer_objects", "state=\"ERROR\"");

        File.Delete(file);
        (await _api.CompleteAsync(created.Id)).ExpectError(500, "corrupt");
        Assert.Equal(failed + 1, await ValueAsync("coffer_objects", "state=\"ERROR\""));
        Assert.Equal(uploading - 1, await ValueAsync("coffer_objects", "state=\"UPLOADING\""));

        (await _api.RemoveAsync(created.Id)).Expect(200);
        Assert.Equal(failed, await ValueAsync("coffer_objects", "state=\"ERROR\""));
    }

    [Fact]
    public async Task The_queue_of_released_blobs_grows_with_a_delete()
    {
        string id = await _api.StoreAsync(Bytes.Random(Bytes.OneFile), new { name = "a", content_type = "binary" });
        double before = await ValueAsync("coffer_queue_length", "queue=\"released\"");

        (await _api.RemoveAsync(id)).Expect(200);

        Assert.Equal(before + 1, await ValueAsync("coffer_queue_length", "queue=\"released\""));
    }

    [Fact]
    public async Task The_writers_queue_shows_who_waits()
    {
        // Thousands of writes at once: some look at the queue finds someone waiting.
        double longest = 0;
        Task writes = Parallel.ForAsync(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, _) => await _api.CreateAsync());
        while (!writes.IsCompleted)
        {
            longest = Math.Max(longest, await ValueAsync("coffer_writer_queue_length"));
        }

        await writes;
        Assert.True(longest > 0);
    }

    [Fact]
    public async Task The_log_of_the_catalog_grows_with_writes()
    {
        await using CofferProcess own = await CofferProcess.StartAsync();
        double before = await ValueAsync(own, "coffer_wal_bytes");

        for (int i = 0; i < 20; i++)
        {
            await own.Api.StoreAsync(Bytes.Random(60_000), new { name = "a", content_type = "binary" });
        }

        Assert.True(await ValueAsync(own, "coffer_wal_bytes") > before);
    }

    [Fact]
    public async Task Room_in_the_catalogs_file_grows_with_deletes_and_is_used_again()
    {
        await using CofferProcess own = await CofferProcess.StartAsync();
        var ids = new List<string>();
        for (int i = 0; i < 100; i++)
        {
            ids.Add(await own.Api.StoreAsync(Bytes.Random(Bytes.Inline), new { name = "a", content_type = "binary" }));
        }

        double before = await ValueAsync(own, "coffer_catalog_free_bytes");
        foreach (string id in ids)
        {
            (await own.Api.RemoveAsync(id)).Expect(200);
        }

        double freed = await ValueAsync(own, "coffer_catalog_free_bytes");
        Assert.InRange(freed - before, 100 * Bytes.Inline, 400 * Bytes.Inline); // the bytes themselves, and what is left empty around them
        for (int i = 0; i < 100; i++)
        {
            await own.Api.StoreAsync(Bytes.Random(Bytes.Inline), new { name = "a", content_type = "binary" });
        }

        Assert.True(await ValueAsync(own, "coffer_catalog_free_bytes") < freed / 2);
    }

    [Fact]
    public async Task Free_room_shrinks_with_what_is_stored()
    {
        await using Volume volume = await Volume.MountAsync(200 << 20); // on a shared one others make and take room meanwhile
        await using CofferProcess own = await CofferProcess.StartAsync(new ServerSetup { Folder = volume.Path });
        double before = await ValueAsync(own, "coffer_disk_free_bytes");
        Assert.InRange(before, 100 << 20, 200 << 20);

        await own.Api.StoreAsync(Bytes.Random(30_000_000), new { name = "a", content_type = "binary" });

        Assert.InRange(before - await ValueAsync(own, "coffer_disk_free_bytes"), 30_000_000, 32_000_000);
    }

    [Fact]
    public async Task CRC_failures_are_counted()
    {
        string id = "";
        string file = await BlobFiles.MadeByAsync(server.Process, async () => id = await _api.StoreAsync(Bytes.Random(Bytes.OneFile), new { name = "a", content_type = "binary" }));
        double before = await ValueAsync("coffer_crc_failures_total");
        byte[] stored = await File.ReadAllBytesAsync(file);
        using (var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            stream.Position = 50_000;
            stream.WriteByte((byte)(stored[50_000] ^ 1));
        }

        (await _api.DownloadAsync(id)).ExpectError(500, "corrupt");

        Assert.True(await ValueAsync("coffer_crc_failures_total") > before);
    }

    [Fact]
    public async Task No_account_object_or_key_is_a_label()
    {
        Api own = await server.Process.Accounts.NewAsync();
        string id = await own.StoreAsync(name: "a-very-special-name");
        (await own.GetAsync("/some/unknown/path-of-a-client")).Expect(404);

        string metrics = (await server.Process.Operator.GetAsync("/metrics")).Text;

        foreach (string name in new[] { id, "a-very-special-name", "team-", "path-of-a-client", "127.0.0.1" })
        {
            Assert.DoesNotContain(name, metrics, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_line_is_a_comment_or_a_sample_of_a_described_family()
    {
        string[] lines = (await server.Process.Operator.GetAsync("/metrics")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        string[] families = [.. lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];
        Assert.Equal(families.Length, families.Distinct().Count());
        foreach (string line in lines.Where(line => !line.StartsWith('#')))
        {
            Assert.Matches("""^[a-z_]+(\{([a-z_]+="[^"]*",?)+\})? [-+0-9.eEInfNa]+$""", line);
            Assert.Contains(families, family => line.StartsWith(family, StringComparison.Ordinal));
        }
    }

    /// <summary>The sum of all samples of a name whose labels contain these; 0 when there is none.</summary>
    public static async Task<double> ValueAsync(CofferProcess server, string name, string labels = "")
    {
        string metrics = (await server.Operator.GetAsync("/metrics")).Expect(200).Text;
        return metrics.Split('\n')
            .Where(line => (line.StartsWith($"{name} ", StringComparison.Ordinal) || line.StartsWith($"{name}{{", StringComparison.Ordinal))
                && line.Contains(labels, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    private Task<double> ValueAsync(string name, string labels = "") => ValueAsync(server.Process, name, labels);

    private async Task<(double Uploading, double ReadOnly, double Deleted, double Bytes)> TotalsAsync() => (
        await ValueAsync("coffer_objects", "state=\"UPLOADING\""), await ValueAsync("coffer_objects", "state=\"READ_ONLY\""),
        await ValueAsync("coffer_objects", "state=\"DELETED\""), await ValueAsync("coffer_bytes", "state=\"READ_ONLY\""));
}
