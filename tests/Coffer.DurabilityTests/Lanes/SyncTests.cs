using System.Globalization;
using Coffer.DurabilityTests.Shim;
using Coffer.DurabilityTests.Strace;
using Coffer.IntegrationTests.Server;
using Coffer.IntegrationTests.Storage;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>The server under strace: before each answer that promises something, all of it was synced, in the right order.</summary>
public sealed class SyncTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Before_every_answer_of_every_kind_of_write_all_it_promises_was_synced()
    {
        using var folder = new ScratchFolder();
        (IReadOnlyList<SysCall> calls, string data, List<(string Kind, string RequestId)> writes) = await TraceAsync(folder, disk: null);

        SyncProof proof = ProofOf(calls, data);
        IReadOnlyList<SysCall> answers = proof.Answers("HTTP/1.1 ");
        foreach ((string kind, string requestId) in writes)
        {
            int at = IndexOf(answers, requestId);
            Assert.True(at > 0, $"strace shows no answer to the {kind}");
            Assert.Contains("HTTP/1.1 20", answers[at].Arguments[1], StringComparison.Ordinal);
            IReadOnlyList<string> missing = proof.MissingBefore(answers[at], since: answers[at - 1]);
            Assert.True(missing.Count == 0, $"{kind}: {string.Join("\n", missing)}");
        }

        output.WriteLine($"{writes.Count} answers proved over {calls.Count} calls");
    }

    [Fact]
    public async Task Blobs_take_their_way_through_staging_and_every_step_of_it_is_seen()
    {
        using var folder = new ScratchFolder();
        (IReadOnlyList<SysCall> calls, string data, List<(string Kind, string RequestId)> writes) = await TraceAsync(folder, disk: null);
        IReadOnlyList<SysCall> answers = ProofOf(calls, data).Answers("HTTP/1.1 ");
        foreach (string kind in new[] { "upload of a blob", "chunked upload of a blob" })
        {
            int answer = IndexOf(answers, writes.Single(write => write.Kind == kind).RequestId);
            SysCall[] between = [.. calls.Where(call => call.Succeeded && call.Began > answers[answer - 1].Began && call.Ended < answers[answer].Began)];

            int write = Array.FindLastIndex(between, call => call.Name.StartsWith("pwrite", StringComparison.Ordinal) && IsBelow(call.Descriptor, "staging"));
            int sync = Array.FindIndex(between, call => call.Name == "fsync" && IsBelow(call.Descriptor, "staging"));
            int rename = Array.FindIndex(between, call => call.Name.StartsWith("rename", StringComparison.Ordinal));
            int directory = Array.FindIndex(between, Math.Max(rename, 0), call => call.Name == "fsync" && IsBelow(call.Descriptor, "blobs"));
            int row = Array.FindLastIndex(between, call => call.Name.StartsWith("pwrite", StringComparison.Ordinal) && call.Descriptor.EndsWith("-wal", StringComparison.Ordinal));
            int commit = Array.FindLastIndex(between, call => call.Name is "fdatasync" or "fsync" && call.Descriptor.EndsWith("-wal", StringComparison.Ordinal));

            int[] order = [write, sync, rename, directory, row, commit];
            Assert.True(order[0] >= 0 && order.SequenceEqual(order.Order()), $"{kind}: {string.Join(", ", order)}\n{string.Join<SysCall>("\n", between)}");
        }

        bool IsBelow(string path, string name) => path.StartsWith(Path.Combine(data, name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_a_call_writes_into_a_devbox_is_on_the_disk_before_the_answer()
    {
        using var folder = new ScratchFolder();
        string log = Path.Combine(folder.Path, "strace.log");
        await using CofferProcess server = CofferProcess.Make(new ServerSetup
        {
            Folder = Directory.CreateDirectory(Path.Combine(folder.Path, "root")).FullName,
            Prepare = start => StraceLog.Trace(start, log),
        });
        await server.StartAgainAsync();
        string id = (await server.Api.PostAsync("/v1/devboxes", "{}")).Expect(200).Json.Text("id")!;
        var form = new MultipartFormDataContent { { new StringContent("/new/uploaded"), "path" }, { new ByteArrayContent(new byte[300_000]), "file", "f" } };
        (await server.Api.PostAsync(
            $"/v1/devboxes/{id}/write_file_contents", """{"file_path":"/new/written","contents":"text"}""", ("x-request-id", "trace-written-"))).Expect(200);
        (await server.Api.SendAsync("POST", $"/v1/devboxes/{id}/upload_file", form, [("x-request-id", "trace-uploaded-")])).Expect(200);
        int processId = server.ServerPid;
        await server.StopAsync();
        IReadOnlyList<SysCall> calls = await StraceLog.ReadAsync(log, processId, CancellationToken.None);
        IReadOnlyList<SysCall> answers = ProofOf(calls, server.Data).Answers("HTTP/1.1 200");

        foreach (string name in new[] { "written", "uploaded" })
        {
            int answer = IndexOf(answers, $"trace-{name}-");
            Assert.True(answer > 0, $"strace shows no answer about {name}");
            SysCall[] before = [.. calls.Where(call => call.Succeeded && call.Ended < answers[answer].Began)];
            string root = Path.Combine(server.Data, "devboxes", id, "root");
            int write = Array.FindLastIndex(before, call => call.Name.StartsWith("pwrite", StringComparison.Ordinal) && call.Descriptor == $"{root}/new/{name}");
            Assert.True(write >= 0, $"strace shows no write of {name}");
            Assert.All(
                new[] { $"{root}/new/{name}", $"{root}/new", root },
                path => Assert.Contains(before[write..], call => call.Name == "fsync" && call.Descriptor == path));
        }
    }

    [Fact]
    public async Task No_directory_that_is_opened_for_a_sync_is_inherited_by_a_child()
    {
        using var folder = new ScratchFolder();
        (IReadOnlyList<SysCall> calls, string data, _) = await TraceAsync(folder, disk: null);

        string[] synced = [.. calls.Where(call => call.Name == "fsync" && Directory.Exists(call.Descriptor)).Select(call => call.Descriptor).Distinct()];
        SysCall[] opened = [.. calls.Where(call => call.Name is "openat" && call.Succeeded && synced.Contains(call.ResultPath))];

        Assert.Contains(synced, path => path.StartsWith(Path.Combine(data, "blobs"), StringComparison.Ordinal));
        Assert.NotEmpty(opened);
        Assert.All(opened, call => Assert.Contains("O_CLOEXEC", call.Arguments[2], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_that_the_server_does_to_its_disk_goes_past_the_shim()
    {
        using var disk = new ShimmedDisk();
        using var folder = new ScratchFolder();
        (IReadOnlyList<SysCall> calls, _, _) = await TraceAsync(folder, disk);

        Assert.Empty(ShimCheck.PastTheShim(calls, disk));
    }

    [Theory]
    [InlineData(nameof(LyingSyncs.Directories), "its name, by rename")]
    [InlineData(nameof(LyingSyncs.Files), "was not synced before it got that name")]
    [InlineData(nameof(LyingSyncs.Logs), "-wal: pwrite64")]
    public async Task A_sync_that_is_left_out_is_missed(string lies, string expected)
    {
        using var disk = new ShimmedDisk();
        using var folder = new ScratchFolder();
        (IReadOnlyList<SysCall> calls, string data, List<(string Kind, string RequestId)> writes) =
            await TraceAsync(folder, disk, Enum.Parse<LyingSyncs>(lies));

        SyncProof proof = ProofOf(calls, data);
        IReadOnlyList<SysCall> answers = proof.Answers("HTTP/1.1 ");
        string[] missing =
        [
            .. writes.Select(write => IndexOf(answers, write.RequestId)).SelectMany(at => proof.MissingBefore(answers[at], answers[at - 1])),
        ];

        Assert.Contains(missing, line => line.Contains(expected, StringComparison.Ordinal));
    }

    private static int IndexOf(IReadOnlyList<SysCall> answers, string requestId)
    {
        for (int i = 0; i < answers.Count; i++)
        {
            if (answers[i].Arguments[1].Contains($": {requestId}\\r", StringComparison.Ordinal)) return i;
        }

        return -1;
    }

    private static SyncProof ProofOf(IReadOnlyList<SysCall> calls, string data) =>
        new(calls, data, path => Path.GetFileName(path) is "coffer.lock" or "ballast" or "credentials.json");

    /// <summary>One request of each kind, one after the other.</summary>
    private static async Task<(IReadOnlyList<SysCall> Calls, string Data, List<(string Kind, string RequestId)> Writes)> TraceAsync(
        ScratchFolder folder, ShimmedDisk? disk, LyingSyncs lies = LyingSyncs.None)
    {
        string log = Path.Combine(folder.Path, "strace.log");
        await using CofferProcess server = CofferProcess.Make(new ServerSetup
        {
            Folder = disk?.Root ?? Directory.CreateDirectory(Path.Combine(folder.Path, "root")).FullName,
            Prepare = start =>
            {
                disk?.Attach(start);
                StraceLog.Trace(start, log);
            },
        });
        await server.StartAgainAsync();
        if (disk is not null) disk.Lies = lies;
        var writes = new List<(string Kind, string RequestId)>();

        CreatedObject inline = Created(await WriteAsync("create", server.Api, "POST", "/v1/objects", """{"name":"inline","content_type":"text"}"""));
        await WriteAsync("inline upload", server.Api, "PUT", inline.UploadUrl, new string('x', 5_000));
        await WriteAsync("complete", server.Api, "POST", $"/v1/objects/{inline.Id}/complete", "{}");
        CreatedObject large = Created(await WriteAsync("create", server.Api, "POST", "/v1/objects", """{"name":"large","content_type":"binary"}"""));
        await WriteAsync("upload of a blob", server.Api, "PUT", large.UploadUrl, new string('y', 700_000));
        await WriteAsync("chunked upload of a blob", server.Api, "PUT", large.UploadUrl, new string('z', 900_000), isChunked: true);
        await WriteAsync("complete of a blob", server.Api, "POST", $"/v1/objects/{large.Id}/complete", "{}");
        await WriteAsync("patch", server.Api, "PATCH", $"/v1/objects/{inline.Id}", """{"name":"other","is_public":true}""");
        await WriteAsync("delete", server.Api, "POST", $"/v1/objects/{inline.Id}/delete", "{}");
        await WriteAsync("delete of a blob", server.Api, "DELETE", $"/v1/objects/{large.Id}", null);
        await WriteAsync("account", server.Operator, "POST", "/admin/v1/accounts", """{"name":"team-b"}""");
        Answer key = await WriteAsync(
            "key", server.Operator, "POST", "/admin/v1/keys", """{"account":"team-b","right":"service","label":"test"}""");
        await WriteAsync("revocation", server.Operator, "DELETE", $"/admin/v1/keys/{key.Json.Text("id")}", null);

        await WriteAsync("bucket", server.Api, "POST", $"{StorageCalls.Root}/bucket", """{"name":"bucket"}""");
        Answer begun = await WriteAsync(
            "beginning of a resumable upload", server.Api, "POST", TusCalls.Path, null, false,
            ("Tus-Resumable", "1.0.0"), ("Upload-Length", "700000"), ("Upload-Metadata", TusCalls.Metadata(("bucketName", "bucket"), ("objectName", "k"))));
        foreach ((string kind, int from, int size) in new[] { ("first piece", 0, 300_000), ("next piece", 300_000, 100_001), ("last piece", 400_001, 299_999) })
        {
            await WriteAsync(
                kind, server.Api, "PATCH", TusCalls.PathOf(begun), new string('t', size), false,
                ("Tus-Resumable", "1.0.0"), ("Upload-Offset", from.ToString(CultureInfo.InvariantCulture)), ("Content-Type", TusCalls.PieceType));
        }

        int processId = server.ServerPid;
        await server.StopAsync();
        return (await StraceLog.ReadAsync(log, processId, CancellationToken.None), server.Data, writes);

        async Task<Answer> WriteAsync(string kind, Api api, string method, string url, string? body, bool isChunked = false, params (string, string)[] headers)
        {
            string requestId = string.Create(CultureInfo.InvariantCulture, $"trace-{writes.Count}-");
            writes.Add((kind, requestId));
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(body ?? "");
            using HttpContent? content = body is null ? null : isChunked ? new UnsizedContent(bytes) : new ByteArrayContent(bytes);
            if (content is not null && method != "PUT") content.Headers.ContentType = new("application/json");
            Answer answer = await api.SendAsync(method, url, content, [("x-request-id", requestId), .. headers]);
            Assert.InRange((int)answer.Status, 200, 204);
            return answer;
        }
    }

    private static CreatedObject Created(Answer answer) => new(answer.Json.Text("id")!, answer.Json.Text("upload_url")!, answer.Json);
}
