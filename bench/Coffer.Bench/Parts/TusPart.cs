using System.Diagnostics;
using System.Globalization;
using System.Text;
using Coffer.Bench.Load;
using Coffer.Bench.Machine;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Parts;

/// <summary>
/// 500 MiB by TUS in chunks of 6 MiB, one after the other as the published clients send them, each durable before its answer,
/// against one plain upload of the same bytes; and the server's private memory meanwhile.
/// </summary>
internal static class TusPart
{
    private const string Bucket = "resumed";
    private const int ChunkBytes = 6 << 20;
    private const long MemoryLimit = 200L << 20;

    /// <summary>By how much a ten times larger upload may take more memory.</summary>
    private const long MemorySlack = 32L << 20;

    public static IEnumerable<Finding> Run(Setup setup)
    {
        string folder = setup.FreshFolder("tus");
        using CofferServer coffer = CofferServer.Start(setup, Path.Combine(folder, "coffer-data"));
        using (HttpConnection connection = coffer.Connect())
        {
            new StorageApi(connection).OpenBucket(Bucket, isPublic: false);
        }

        long length = setup.ResumedBytes, tenth = length / 10 / ChunkBytes * ChunkBytes;
        Store(coffer, Resumable, tenth);
        Upload little = Store(coffer, Resumable, tenth);
        Store(coffer, Plain, length);
        List<Upload> resumed = [], plain = [];
        for (int round = 0; round < setup.Rounds; round++)
        {
            bool resumedFirst = round % 2 == 0;
            (resumedFirst ? resumed : plain).Add(Store(coffer, resumedFirst ? Resumable : Plain, length));
            (resumedFirst ? plain : resumed).Add(Store(coffer, resumedFirst ? Plain : Resumable, length));
        }

        string mib = string.Create(CultureInfo.InvariantCulture, $"{length >> 20} MiB");
        double ratio = Median(plain) / Median(resumed);
        double[] each = [.. plain.Zip(resumed, (one, other) => one.Seconds / other.Seconds)];
        yield return new Finding
        {
            What = $"{mib} in chunks of {ChunkBytes >> 20} MiB, each durable",
            Target = "≥ 0.5 × the throughput",
            Measured = string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} × ({each.Min():0.00}–{each.Max():0.00})"),
            Ours = Said(resumed, length),
            Theirs = Said(plain, length),
            Verdict = Finding.Judge(ratio >= 0.5),
        };
        long peak = resumed.Max(upload => upload.PeakBytes);
        yield return new Finding
        {
            What = "the same: peak RssAnon",
            Target = $"< {MemoryLimit >> 20} MB, ≤ {MemorySlack >> 20} MB above that of {tenth >> 20} MiB",
            Measured = $"{peak >> 20} MB",
            Ours = $"{tenth >> 20} MiB: {little.PeakBytes >> 20} MB",
            Theirs = $"{plain.Max(upload => upload.PeakBytes) >> 20} MB",
            Verdict = Finding.Judge(peak < MemoryLimit && peak <= little.PeakBytes + MemorySlack),
        };
    }

    /// <summary>Times one upload, compares what is stored byte by byte, and deletes it.</summary>
    private static Upload Store(CofferServer server, Action<HttpConnection, string, long> send, long length)
    {
        const string key = "film.mp4";
        Libc.SyncAll();
        using HttpConnection connection = server.Connect();
        using var memory = new MemoryWatch(server.Pid);
        TimeSpan cpu = server.Cpu;
        long start = Stopwatch.GetTimestamp();
        send(connection, key, length);
        var upload = new Upload(Stopwatch.GetElapsedTime(start).TotalSeconds, (server.Cpu - cpu).TotalSeconds, memory.Peak);

        string target = StorageApi.ObjectTarget(Bucket, key);
        LargeContent.Fetch(server, target, ObjectsApi.Authorization, length);
        ObjectsApi.Expect(connection.Send("DELETE", target, ObjectsApi.Authorization, []), "the deletion");
        return upload;
    }

    private static void Plain(HttpConnection connection, string key, long length) => ObjectsApi.Expect(
        connection.Upload("POST", StorageApi.ObjectTarget(Bucket, key), $"{ObjectsApi.Authorization}Content-Type: video/mp4\r\n", length, LargeContent.Fill),
        "the upload");

    private static void Resumable(HttpConnection connection, string key, long length)
    {
        const string version = "Tus-Resumable: 1.0.0\r\n";
        string metadata = string.Join(',', new[] { ("bucketName", Bucket), ("objectName", key), ("contentType", "video/mp4") }
            .Select(pair => $"{pair.Item1} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Item2))}"));
        Answer begun = ObjectsApi.Expect(
            connection.Send(
                "POST", StorageApi.ResumableTarget,
                string.Create(CultureInfo.InvariantCulture, $"{ObjectsApi.Authorization}{version}Upload-Length: {length}\r\nUpload-Metadata: {metadata}\r\n"),
                []),
            "the beginning");
        string target = new Uri(begun.Header("Location"u8)!).PathAndQuery;
        for (long offset = 0; offset < length; offset += ChunkBytes)
        {
            long from = offset;
            string headers = string.Create(
                CultureInfo.InvariantCulture,
                $"{ObjectsApi.Authorization}{version}Upload-Offset: {offset}\r\nContent-Type: application/offset+octet-stream\r\n");
            Answer answer = ObjectsApi.Expect(
                connection.Upload(
                    "PATCH", target, headers, Math.Min(ChunkBytes, length - offset), (stretch, within) => LargeContent.Fill(stretch, from + within)),
                "a chunk");
            long stored = long.Parse(answer.Header("Upload-Offset"u8)!, CultureInfo.InvariantCulture);
            if (stored != Math.Min(length, offset + ChunkBytes))
            {
                throw new InvalidRunException($"after the chunk at {offset} the upload is at {stored}");
            }
        }
    }

    private static double Median(List<Upload> uploads) => Comparison.Median(uploads.Select(upload => upload.Seconds));

    private static string Said(List<Upload> uploads, long length) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Median(uploads):0.00} s, {length / Median(uploads) / (1 << 20):0} MiB/s, {Comparison.Median(uploads.Select(upload => upload.CpuSeconds)):0.00} s CPU");

    private sealed record Upload(double Seconds, double CpuSeconds, long PeakBytes);
}
