using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Coffer.Client;
using Coffer.ClientTests.Child;
using Coffer.ClientTests.Serving;
using Microsoft.AspNetCore.Http;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Storage;

public sealed class ResumableTests
{
    private readonly ImpatientTime _time = new();
    private readonly byte[] _content = [.. Enumerable.Range(0, 25).Select(i => (byte)i)];

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_file_goes_up_in_pieces(bool async)
    {
        var tus = new TusServer();
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        using var folder = new TemporaryFolder();
        string local = folder.Write("local.csv", _content);
        var progress = new ProgressLog();
        var store = new MemoryResumeStore();
        var options = new ResumableUploadOptions
        {
            ChunkSizeBytes = 10, Upsert = true, Metadata = new() { ["k"] = "v" }, Progress = progress, ResumeStore = store,
        };
        BucketFiles files = storage.From("pics");

        StoredFile stored = await Twin.Run(
            async, () => files.UploadFileResumableAsync("/x/a", local, options), () => files.UploadFileResumable("/x/a", local, options));

        Assert.Equal(new StoredFile(null, "x/a", "pics/x/a"), stored);
        Assert.Equal(_content, tus.Bytes);
        Assert.Equal(
            [
                ("POST", "/storage/v1/upload/resumable", null, 0),
                ("PATCH", "/storage/v1/upload/resumable/id-1", "0", 10),
                ("PATCH", "/storage/v1/upload/resumable/id-1", "10", 10),
                ("PATCH", "/storage/v1/upload/resumable/id-1", "20", 5),
            ],
            server.Seen.Select(seen => (seen.Method, seen.Target, seen["Upload-Offset"], seen.Body.Length)));
        Assert.All(server.Seen, seen => Assert.Equal(
            ("1.0.0", "true", "Bearer a key"), (seen["Tus-Resumable"], seen["x-upsert"], seen["Authorization"])));
        Assert.Equal(("25", "0"), (server.Seen[0]["Upload-Length"], server.Seen[0]["Content-Length"]));
        Assert.Equal(
            ["bucketName pics", "objectName x/a", "contentType text/csv", "cacheControl 3600", """metadata {"k":"v"}"""],
            server.Seen[0]["Upload-Metadata"]!.Split(',').Select(Decoded));
        Assert.All(server.Seen.Skip(1), seen => Assert.Equal("application/offset+octet-stream", seen["Content-Type"]));
        Assert.Equal([0L, 10, 20, 25], progress.Reports.Select(report => report.BytesDone));
        Assert.All(progress.Reports, report => Assert.Equal(25, report.TotalBytes));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_piece_that_breaks_goes_on_where_the_server_got_to(bool async)
    {
        var tus = new TusServer { Failures = new([(3, Cut), (0, Json("", 503)), (10, Cut)]) };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        var options = new ResumableUploadOptions { ChunkSizeBytes = 10 };
        BucketFiles files = storage.From("pics");

        await Twin.Run(
            async,
            () => files.UploadResumableAsync("a", new MemoryStream(_content), options),
            () => files.UploadResumable("a", new MemoryStream(_content), options));

        Assert.Equal(_content, tus.Bytes);
        Assert.Equal(
            ["POST", "PATCH 0", "HEAD", "PATCH 3", "HEAD", "PATCH 3", "HEAD", "PATCH 13", "PATCH 23"],
            server.Seen.Select(seen => $"{seen.Method} {seen["Upload-Offset"]}".Trim()));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_stream_that_cannot_seek_goes_up_too_and_on_after_a_break(bool async)
    {
        var tus = new TusServer { Failures = new([(4, Cut)]) };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        var options = new ResumableUploadOptions { ChunkSizeBytes = 10 };
        BucketFiles files = storage.From("pics");

        await Twin.Run(
            async,
            () => files.UploadResumableAsync("a", new Unseekable(new MemoryStream(_content)), options),
            () => files.UploadResumable("a", new Unseekable(new MemoryStream(_content)), options));

        Assert.Equal(_content, tus.Bytes);
        Assert.Equal(("1", null), (server.Seen[0]["Upload-Defer-Length"], server.Seen[0]["Upload-Length"]));
        Assert.Equal("25", server.Seen[^1]["Upload-Length"]);
        Assert.Equal(
            ["POST", "PATCH 0", "HEAD", "PATCH 4", "PATCH 10", "PATCH 20"],
            server.Seen.Select(seen => $"{seen.Method} {seen["Upload-Offset"]}".Trim()));
    }

    [Theory]
    [InlineData(0), InlineData(10), InlineData(20)]
    public async Task A_stream_of_unknown_size_may_end_with_a_piece(int size)
    {
        var tus = new TusServer();
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);

        await storage.From("pics").UploadResumableAsync(
            "a", new Unseekable(new MemoryStream(_content[..size])), new() { ChunkSizeBytes = 10 });

        Assert.Equal(_content[..size], tus.Bytes);
        Assert.Equal($"{size}", server.Seen[^1]["Upload-Length"]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_cancelled_upload_is_finished_by_the_next_process(bool async)
    {
        var tus = new TusServer { Failures = new([(10, http => Task.CompletedTask), (5, Hang)]) };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        using var folder = new TemporaryFolder();
        string local = folder.Write("local.bin", _content);
        string stored = Path.Combine(folder.Path, "resume");
        ResumableUploadOptions Options() => new() { ChunkSizeBytes = 10, ResumeStore = new FileResumeStore(stored) };
        BucketFiles files = storage.From("pics");
        using var cancellation = new CancellationTokenSource();
        tus.Hangs = cancellation.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Twin.Run(
            async,
            () => files.UploadFileResumableAsync("a", local, Options(), cancellation.Token),
            () => files.UploadFileResumable("a", local, Options(), cancellation.Token)));
        Assert.Equal($"{server.Url}storage/v1/upload/resumable/id-1", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(stored))));
        int before = server.Seen.Count;
        await Twin.Run(
            async, () => files.UploadFileResumableAsync("a", local, Options()), () => files.UploadFileResumable("a", local, Options()));

        Assert.Equal(_content, tus.Bytes);
        Assert.Equal(["HEAD", "PATCH 15"], server.Seen.Skip(before).Select(seen => $"{seen.Method} {seen["Upload-Offset"]}".Trim()));
        Assert.Empty(Directory.GetFiles(stored));
    }

    [Theory]
    [InlineData(true, true), InlineData(true, false), InlineData(false, true), InlineData(false, false)]
    public async Task A_file_that_changes_is_no_upload_and_the_next_call_begins_anew(bool async, bool inTheLastPiece)
    {
        using var folder = new TemporaryFolder();
        string local = folder.Write("local.bin", _content);
        byte[] other = [.. _content.Reverse()];
        var change = new OnBytes(inTheLastPiece ? 20 : 10, () => OnBytes.Overwrite(local, other));
        var tus = new TusServer();
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        var store = new KeepingStore(null);
        var options = new ResumableUploadOptions { ChunkSizeBytes = 10, ResumeStore = store, Progress = change };
        BucketFiles files = storage.From("pics");

        var error = await Assert.ThrowsAsync<FileChangedException>(() => Twin.Run(
            async, () => files.UploadFileResumableAsync("a", local, options), () => files.UploadFileResumable("a", local, options)));
        bool isWhole = tus.Bytes.Length == _content.Length;
        await files.UploadFileResumableAsync("a", local, options);

        Assert.Equal($"'{local}' was changed while it was uploaded.", error.Message);
        Assert.False(isWhole);
        Assert.Equal(other, tus.Bytes);
        Assert.Equal(["find", "keep", "forget", "find", "keep", "forget"], store.Calls);
    }

    [Fact]
    public async Task A_file_that_changed_between_two_calls_is_another_whatever_the_caller_tells_it_by()
    {
        var tus = new TusServer { Failures = new([(10, http => Task.CompletedTask), (5, Json("", 401))]) };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        using var folder = new TemporaryFolder();
        string local = folder.Write("local.bin", _content);
        byte[] other = [.. _content.Reverse()];
        var options = new ResumableUploadOptions { ChunkSizeBytes = 10, ResumeStore = new MemoryResumeStore(), Fingerprint = "mine" };
        BucketFiles files = storage.From("pics");

        await Assert.ThrowsAsync<StorageException>(() => files.UploadFileResumableAsync("a", local, options));
        OnBytes.Overwrite(local, other);
        await files.UploadFileResumableAsync("a", local, options);

        Assert.Equal(other, tus.Bytes);
    }

    [Theory]
    [InlineData(404, "25"), InlineData(410, "25"), InlineData(200, "24")]
    public async Task An_upload_that_is_gone_or_another_begins_anew(int status, string length)
    {
        var tus = new TusServer { Head = http =>
        {
            http.Response.StatusCode = status;
            (http.Response.Headers["Upload-Offset"], http.Response.Headers["Upload-Length"]) = ("3", length);
            return Task.CompletedTask;
        } };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        var store = new KeepingStore($"{server.Url}storage/v1/upload/resumable/old");

        await storage.From("pics").UploadResumableAsync(
            "a", new MemoryStream(_content), new() { ResumeStore = store, Fingerprint = "mine" });

        Assert.Equal(_content, tus.Bytes);
        Assert.Equal(["HEAD", "POST", "PATCH"], server.Seen.Select(seen => seen.Method));
        Assert.Equal(["find", "forget", "keep", "forget"], store.Calls);
    }

    [Theory]
    [InlineData(400), InlineData(401), InlineData(403)]
    public async Task A_refusal_that_may_pass_begins_nothing_anew(int status)
    {
        var tus = new TusServer { Head = Json("", status) };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        var store = new KeepingStore($"{server.Url}storage/v1/upload/resumable/old");

        var error = await Assert.ThrowsAsync<StorageException>(() => storage.From("pics").UploadResumableAsync(
            "a", new MemoryStream(_content), new() { ResumeStore = store, Fingerprint = "mine" }));

        Assert.Equal(status, error.StatusCode);
        Assert.Equal(["HEAD"], server.Seen.Select(seen => seen.Method));
        Assert.Equal(["find"], store.Calls);
    }

    [Theory]
    [InlineData(400, false), InlineData(401, false), InlineData(403, false), InlineData(413, false), InlineData(415, false)]
    [InlineData(404, true), InlineData(410, true)]
    public async Task Only_an_upload_that_is_gone_is_forgotten_after_a_refusal(int status, bool isGone)
    {
        var tus = new TusServer { Failures = new([(0, Text("no", status))]) };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        var store = new KeepingStore(null);

        await Assert.ThrowsAsync<StorageException>(() => storage.From("pics").UploadResumableAsync(
            "a", new MemoryStream(_content), new() { ResumeStore = store, Fingerprint = "mine" }));

        Assert.Equal(isGone ? ["find", "keep", "forget"] : ["find", "keep"], store.Calls);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_renewed_token_goes_on_where_the_expired_one_got_to(bool async)
    {
        var tus = new TusServer { Failures = new([(10, http => Task.CompletedTask), (0, Json("""{"statusCode":"403"}""", 400))]) };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        var options = new ResumableUploadOptions { ChunkSizeBytes = 10, ResumeStore = new MemoryResumeStore(), Fingerprint = "mine" };
        async Task UploadAsync(StorageClient storage) => await Twin.Run(
            async,
            () => storage.From("pics").UploadResumableAsync("a", new MemoryStream(_content), options),
            () => storage.From("pics").UploadResumable("a", new MemoryStream(_content), options));

        using StorageClient expired = Storage(server);
        await Assert.ThrowsAsync<StorageException>(() => UploadAsync(expired));
        int before = server.Seen.Count;
        using StorageClient renewed = server.Storage(settings => settings.Key = "renewed");
        await UploadAsync(renewed);

        Assert.Equal(_content, tus.Bytes);
        Assert.Equal(
            ["HEAD", "PATCH 10", "PATCH 20"],
            server.Seen.Skip(before).Select(seen => $"{seen.Method} {seen["Upload-Offset"]}".Trim()));
    }

    [Theory]
    [InlineData(409), InlineData(413), InlineData(415)]
    public async Task What_is_refused_when_all_is_there_begins_anew_and_is_kept_until_it_has(int status)
    {
        var tus = new TusServer { Head = Json("", status), Post = Text("The server's words", status) };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        var store = new KeepingStore($"{server.Url}storage/v1/upload/resumable/old");

        var error = await Assert.ThrowsAsync<StorageException>(() => storage.From("pics").UploadResumableAsync(
            "a", new MemoryStream(_content), new() { ResumeStore = store, Fingerprint = "mine" }));

        Assert.Equal((status, "The server's words"), (error.StatusCode, error.ServerMessage));
        Assert.Equal(["HEAD", "POST"], server.Seen.Select(seen => seen.Method));
        Assert.Equal(["find"], store.Calls);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_upload_that_only_its_key_held_up_is_finished_with_upsert_and_no_bytes(bool async)
    {
        var tus = new TusServer { Head = Json("", 409) };
        tus.Begin(_content, _content.Length);
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        var store = new KeepingStore($"{server.Url}storage/v1/upload/resumable/old");
        var options = new ResumableUploadOptions { ResumeStore = store, Fingerprint = "mine", Upsert = true };

        await Twin.Run(
            async,
            () => storage.From("pics").UploadResumableAsync("a", new MemoryStream(_content), options),
            () => storage.From("pics").UploadResumable("a", new MemoryStream(_content), options));

        Assert.Equal(
            [("HEAD", null, null, 0), ("PATCH", "25", "true", 0)],
            server.Seen.Select(seen => (seen.Method, seen["Upload-Offset"], seen.Method == "HEAD" ? null : seen["x-upsert"], seen.Body.Length)));
        Assert.Null(server.Seen[1]["Upload-Length"]); // said before
        Assert.Equal(["find", "forget"], store.Calls);
    }

    [Theory]
    [InlineData(200, 25, true)]
    [InlineData(200, 24, false), InlineData(404, 0, false), InlineData(403, 0, false)]
    public async Task An_upload_that_was_finished_before_counts_only_while_its_file_is_there(int status, int size, bool isThere)
    {
        var tus = new TusServer { Info = Json($$"""{"id":"1","size":{{size}}}""", status) };
        tus.Begin(_content, _content.Length);
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        var store = new KeepingStore($"{server.Url}storage/v1/upload/resumable/old");

        await storage.From("pics").UploadResumableAsync(
            "x/a", new MemoryStream(_content), new() { ResumeStore = store, Fingerprint = "mine" });

        Assert.Equal("/storage/v1/object/info/pics/x/a", server.Seen[1].Target);
        Assert.Equal(isThere ? ["HEAD", "GET"] : ["HEAD", "GET", "POST", "PATCH"], server.Seen.Select(seen => seen.Method));
        Assert.Equal(isThere ? ["find", "forget"] : ["find", "keep", "forget"], store.Calls);
    }

    [Fact]
    public async Task What_is_kept_for_another_server_is_not_asked()
    {
        var tus = new TusServer();
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        var store = new KeepingStore("http://elsewhere.example/storage/v1/upload/resumable/old");

        await storage.From("pics").UploadResumableAsync(
            "a", new MemoryStream(_content), new() { ResumeStore = store, Fingerprint = "mine" });

        Assert.Equal(["POST", "PATCH"], server.Seen.Select(seen => seen.Method));
    }

    [Fact]
    public async Task A_key_that_was_taken_meanwhile_is_a_refusal_and_no_endless_loop()
    {
        var taken = Text("The resource already exists", 409);
        var tus = new TusServer { Failures = new([(0, taken), (0, taken)]) };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);
        var store = new MemoryResumeStore();

        var error = await Assert.ThrowsAsync<StorageException>(() => storage.From("pics").UploadResumableAsync(
            "a", new MemoryStream(_content), new() { ResumeStore = store, Fingerprint = "mine" }));

        Assert.Equal((409, "The resource already exists"), (error.StatusCode, error.ServerMessage));
        Assert.Equal(["POST", "PATCH", "HEAD"], server.Seen.Select(seen => seen.Method));
    }

    [Fact]
    public async Task A_taken_key_is_told_in_the_servers_words_when_asking_for_the_offset_has_none()
    {
        var tus = new TusServer { Failures = new([(25, Text("The resource already exists", 409))]), Head = Json("", 409) };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);

        var error = await Assert.ThrowsAsync<StorageException>(
            () => storage.From("pics").UploadResumableAsync("a", new MemoryStream(_content)));

        Assert.Equal((409, "The resource already exists"), (error.StatusCode, error.ServerMessage));
    }

    [Fact]
    public async Task A_server_that_stays_broken_ends_the_call_and_not_the_upload()
    {
        var tus = new TusServer { Failures = new(Enumerable.Repeat<(int, RequestDelegate)>((0, Json("", 500)), 100)) };
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server, maxRetries: 3);
        var store = new KeepingStore(null);

        await Assert.ThrowsAsync<StorageException>(() => storage.From("pics").UploadResumableAsync(
            "a", new MemoryStream(_content), new() { ResumeStore = store, Fingerprint = "mine" }));

        Assert.Equal(4, server.Seen.Count(seen => seen.Method == "PATCH"));
        Assert.Equal(["find", "keep"], store.Calls);
    }

    [Fact]
    public async Task A_signed_upload_in_pieces_carries_its_token_and_no_key()
    {
        var tus = new TusServer();
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);

        await storage.From("pics").UploadResumableAsync("a", new MemoryStream(_content), new() { SignedUploadToken = "tok", Upsert = true });

        Assert.Equal(["/storage/v1/upload/resumable/sign", "/storage/v1/upload/resumable/sign/id-1"], server.Seen.Select(seen => seen.Target));
        Assert.All(server.Seen, seen => Assert.Equal(("tok", null, null), (seen["x-signature"], seen["Authorization"], seen["x-upsert"])));
    }

    [Fact]
    public async Task An_empty_file_needs_no_piece()
    {
        var tus = new TusServer();
        await using ScriptedServer server = await ScriptedServer.StartAsync(tus.AnswerAsync);
        using StorageClient storage = Storage(server);

        await storage.From("pics").UploadResumableAsync("a", new MemoryStream());

        Assert.Equal("0", Assert.Single(server.Seen)["Upload-Length"]);
    }

    [Fact]
    public void Each_store_keeps_forgets_and_replaces()
    {
        using var folder = new TemporaryFolder();
        foreach (IResumeStore store in (IResumeStore[])[new MemoryResumeStore(), new FileResumeStore(folder.Path)])
        {
            Assert.Null(store.Find("a1"));
            store.Keep("a1", "http://h/1");
            store.Keep("a1", "http://h/2");
            Assert.Equal("http://h/2", store.Find("a1"));
            store.Forget("a1");
            store.Forget("a1");
            Assert.Null(store.Find("a1"));
        }

        Assert.Throws<ArgumentException>(() => new FileResumeStore(folder.Path).Keep("../a", "http://h"));
    }

    private static RequestDelegate Text(string text, int status) => async http =>
    {
        (http.Response.StatusCode, http.Response.ContentType) = (status, "text/plain");
        await http.Response.WriteAsync(text);
    };

    private static string Decoded(string pair) => pair.Split(' ') is [var name, var value]
        ? $"{name} {Encoding.UTF8.GetString(Convert.FromBase64String(value))}"
        : pair;

    private StorageClient Storage(ScriptedServer server, int maxRetries = 5) => server.Storage(options =>
    {
        options.TimeProvider = _time;
        options.MaxRetries = maxRetries;
    });

    /// <summary>One upload, which takes a part of a piece and fails when the script says so.</summary>
    private sealed class TusServer
    {
        private readonly MemoryStream _bytes = new();
        private string? _length;

        /// <summary>For each of the first pieces: how much of it is kept, and what is answered.</summary>
        public ConcurrentQueue<(int Kept, RequestDelegate Answer)> Failures { get; init; } = new();

        public RequestDelegate? Head { get; init; }

        public RequestDelegate? Post { get; init; }

        /// <summary>What is said of the file that the upload became.</summary>
        public RequestDelegate? Info { get; init; }

        /// <summary>Called when a piece was taken that is not answered.</summary>
        public Action? Hangs { get; set; }

        public byte[] Bytes => _bytes.ToArray();

        /// <summary>What an earlier process sent.</summary>
        public void Begin(byte[] bytes, int length)
        {
            _bytes.Write(bytes);
            _length = length.ToString(CultureInfo.InvariantCulture);
        }

        public async Task AnswerAsync(HttpContext http)
        {
            IHeaderDictionary headers = http.Response.Headers;
            if (http.Request.Headers["Upload-Length"].ToString() is { Length: > 0 } length)
            {
                _length = length;
            }

            switch (http.Request.Method)
            {
                case "GET":
                    await Info!(http);
                    return;
                case "POST" when Post is not null:
                    await Post(http);
                    return;
                case "POST":
                    _bytes.SetLength(0);
                    http.Response.StatusCode = 201;
                    headers.Location = $"https://public.example{http.Request.Path}/id-1";
                    return;
                case "HEAD" when Head is not null:
                    await Head(http);
                    return;
                case "HEAD":
                    headers["Upload-Offset"] = _bytes.Length.ToString(CultureInfo.InvariantCulture);
                    headers["Upload-Length"] = _length;
                    return;
                default:
                    await PatchAsync(http);
                    return;
            }
        }

        private async Task PatchAsync(HttpContext http)
        {
            Assert.Equal(_bytes.Length.ToString(CultureInfo.InvariantCulture), http.Request.Headers["Upload-Offset"]);
            byte[] piece = ScriptedServer.BodyOf(http);
            bool fails = Failures.TryDequeue(out (int Kept, RequestDelegate Answer) failure);
            _bytes.Write(piece, 0, fails ? failure.Kept : piece.Length);
            if (!fails)
            {
                http.Response.StatusCode = 204;
                http.Response.Headers["Upload-Offset"] = _bytes.Length.ToString(CultureInfo.InvariantCulture);
                return;
            }

            if (failure.Answer == Hang)
            {
                Hangs?.Invoke();
            }

            await failure.Answer(http);
        }
    }

    /// <summary>Has one address for whatever is asked, and remembers the calls.</summary>
    private sealed class KeepingStore(string? url) : IResumeStore
    {
        public List<string> Calls { get; } = [];

        public string? Find(string fingerprint, CancellationToken cancellationToken = default)
        {
            Calls.Add("find");
            return url;
        }

        public void Keep(string fingerprint, string uploadUrl, CancellationToken cancellationToken = default) => Calls.Add("keep");

        public void Forget(string fingerprint, CancellationToken cancellationToken = default) => Calls.Add("forget");
    }
}
