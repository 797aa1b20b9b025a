using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Coffer.Access;
using Coffer.Catalog;
using Coffer.Catalog.Sqlite;
using Coffer.Catalog.Sqlite.Binding;
using Coffer.Catalog.Sqlite.Readers;
using Coffer.LocalFiles;
using Coffer.Objects;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>What goes wrong below the embedded catalog: the disk, the file, the library.</summary>
public sealed partial class SqliteFaultTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();
    private SqliteCatalog _catalog = null!;
    private Account _account = null!;

    private string DatabasePath => _folder.File("catalog.db");

    public async ValueTask InitializeAsync() => await OpenAsync(Options());

    public async ValueTask DisposeAsync()
    {
        await _catalog.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(""), InlineData("-wal"), InlineData("-shm")]
    public async Task The_files_hold_secrets_and_are_their_owners_alone(string suffix)
    {
        await PutAsync([1, 2, 3]);

        Assert.Equal(OwnerOnly.Files, File.GetUnixFileMode(DatabasePath + suffix));
    }

    [Fact]
    public async Task A_full_database_fails_one_by_one_what_does_not_fit_and_nothing_else()
    {
        await _catalog.RunOnWriterAsync(db => db.Execute("PRAGMA max_page_count = 400")); // about 1.6 MB
        byte[] large = new byte[48_000];
        Task<StoredObject>[] puts = [.. Enumerable.Range(0, 60).Select(n => PutAsync(n % 2 == 0 ? large : [1, 2, 3]))];
        var outcomes = new List<(Task<StoredObject> Put, bool Kept)>();
        foreach (Task<StoredObject> put in puts)
        {
            try
            {
                await put;
                outcomes.Add((put, true));
            }
            catch (StoreException full) when (full.Code == StoreErrorCode.OutOfSpace)
            {
                outcomes.Add((put, false));
            }
        }

        Assert.Contains(outcomes, outcome => outcome.Kept);
        Assert.Contains(outcomes, outcome => !outcome.Kept);
        int kept = outcomes.Count(outcome => outcome.Kept);
        ObjectPage page = await _catalog.ListObjectsAsync(new ObjectQuery { Account = _account.Id, Limit = 100, WithTotal = true }, None);
        Assert.Equal((kept, kept), (page.Objects.Count, page.TotalCount));

        StoredObject victim = await outcomes.First(outcome => outcome.Kept).Put;
        Assert.True((await _catalog.DeleteObjectAsync(victim.Id, None)).Happened);
        await PutAsync(new byte[100]);
        Assert.False(_catalog.Failed.IsCompleted);
    }

    [Fact]
    public async Task A_statement_that_ends_the_transaction_costs_its_neighbours_nothing()
    {
        Task<StoredObject>[] before = [.. Enumerable.Range(0, 20).Select(_ => PutAsync("neighbour"u8.ToArray()))];
        Task broken = _catalog.RunOnWriterAsync(static db =>
        {
            db.Execute("INSERT INTO setting VALUES ('half', x'00')");
            db.Execute("ROLLBACK"); // as FULL, IOERR and NOMEM may do
            throw new SqliteFailure(NativeSqlite.IoError | (3 << 8), "planted");
        });
        Task<StoredObject>[] after = [.. Enumerable.Range(0, 20).Select(_ => PutAsync("neighbour"u8.ToArray()))];

        Assert.Equal(StoreErrorCode.Busy, (await Assert.ThrowsAsync<StoreException>(() => broken)).Code); // nothing was written
        foreach (StoredObject made in await Task.WhenAll([.. before, .. after]))
        {
            Assert.Equal("neighbour", await ReadAsync(made.Id));
        }

        Assert.Null(await _catalog.FindSettingAsync("half", None));
        Assert.Equal(41, 1 + (await _catalog.TotalsAsync(None)).Single(total => total.State == ObjectState.ReadOnly).Objects);
    }

    [Fact]
    public async Task A_step_that_changed_something_before_it_refused_is_undone()
    {
        Task broken = _catalog.RunOnWriterAsync(static db =>
        {
            db.Execute("INSERT INTO setting VALUES ('half', x'00')");
            throw new StoreException(StoreErrorCode.ObjectExists, "planted");
        });
        Task<StoredObject> neighbour = PutAsync("x"u8.ToArray());
        Assert.Equal(StoreErrorCode.ObjectExists, (await Assert.ThrowsAsync<StoreException>(() => broken)).Code);
        await neighbour;
        Assert.Null(await _catalog.FindSettingAsync("half", None));
    }

    [Fact]
    public async Task A_failed_commit_leaves_outcomes_open_and_refuses_all_further_writes()
    {
        // A deferred constraint is the one thing that COMMIT itself can be made to fail with; only a disk fails it otherwise.
        Task broken = _catalog.RunOnWriterAsync(static db =>
            db.Execute("PRAGMA defer_foreign_keys = 1; INSERT INTO bucket (account, name, public, created_ms, updated_ms) VALUES (99, 'x', 0, 0, 0)"));
        Assert.Equal(StoreErrorCode.CatalogFailed, (await Assert.ThrowsAsync<StoreException>(() => broken)).Code);
        await _catalog.Failed.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(StoreErrorCode.CatalogFailed, (await Assert.ThrowsAsync<StoreException>(() => PutAsync([1]))).Code);
        Assert.Equal(StoreErrorCode.CatalogFailed, (await Assert.ThrowsAsync<StoreException>(() => _catalog.ReapExpiredAsync(1, None))).Code);
        Assert.False(await _catalog.IsReadyAsync(None));

        await ReopenAsync(Options());
        await PutAsync([1]);
    }

    [Fact]
    public async Task Who_finds_no_place_in_time_is_refused_and_has_written_nothing()
    {
        await ReopenAsync(new SqliteCatalogOptions { Path = DatabasePath, MinFreeBytes = 0, BusyAfter = TimeSpan.FromMilliseconds(100) });
        using var release = new ManualResetEventSlim();
        using var taken = new ManualResetEventSlim();
        Task slow = _catalog.RunOnWriterAsync(_ =>
        {
            taken.Set();
            release.Wait();
        });
        taken.Wait(None); // else the writer might take it with the first puts, whose places the others would get
        byte[] large = new byte[48 * 1024];
        var waited = Stopwatch.StartNew();
        List<Task<StoredObject>> puts = [.. Enumerable.Range(0, 220).Select(_ => PutAsync(large))]; // 10 MB; 8 MiB have a place
        await Task.WhenAny(puts);
        waited.Stop();
        release.Set();
        await slow;
        Assert.InRange(waited.ElapsedMilliseconds, 50, 5000); // after the release: the writer would wait for it for ever

        int kept = 0;
        foreach (Task<StoredObject> put in puts)
        {
            try
            {
                await put;
                kept++;
            }
            catch (StoreException busy) when (busy.Code == StoreErrorCode.Busy)
            {
            }
        }

        Assert.InRange(kept, 64, 219);
        Assert.Equal(kept, (await _catalog.TotalsAsync(None)).Single(total => total.State == ObjectState.ReadOnly).Objects);
    }

    [Fact]
    public async Task A_write_is_cancelled_while_it_waits_but_not_once_it_was_taken()
    {
        using var release = new ManualResetEventSlim();
        using var taken = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource();
        Task slow = _catalog.RunOnWriterAsync(_ =>
        {
            taken.Set();
            release.Wait();
        });
        taken.Wait(None);
        Task<byte[]> queued = _catalog.SettleAsync("queued", [1], cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued);
        release.Set();
        await slow;
        Assert.Null(await _catalog.FindSettingAsync("queued", None));
    }

    [Fact]
    public async Task Every_flipped_bit_in_inline_bytes_is_an_error_and_never_wrong_bytes()
    {
        byte[] canary = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("canary-", 1200)));
        StoredObject made = await PutAsync(canary);
        StoredObject small = await PutAsync("little bird"u8.ToArray());
        await _catalog.DisposeAsync();
        byte[] file = await File.ReadAllBytesAsync(DatabasePath, None);
        var random = new Random(42);
        for (int round = 0; round < 40; round++)
        {
            byte[] damaged = [.. file];
            (byte[] hit, int length) = round % 2 == 0 ? ("canary-canary-"u8.ToArray(), 4000) : ("little bird"u8.ToArray(), 11);
            int from = file.AsSpan().IndexOf(hit);
            int at = round % 4 < 2 ? from + random.Next(length) : Math.Max(4096, from - random.Next(8192)); // the bytes, or what leads to them
            damaged[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(DatabasePath, damaged, None);
            try
            {
                await OpenAsync(Options());
            }
            catch (Exception refusal) when (refusal is SqliteCatalogException or StoreException)
            {
                await _catalog.DisposeAsync();
                continue; // the schema or the account was hit
            }

            int refused = 0;
            foreach ((ObjectId id, byte[] bytes) in ((ObjectId, byte[])[])[(made.Id, canary), (small.Id, "little bird"u8.ToArray())])
            {
                try
                {
                    using OpenedRow? row = await _catalog.OpenObjectAsync(id, None);
                    Assert.True(row?.Inline is null || row.Inline.Value.Span.SequenceEqual(bytes), $"wrong bytes, round {round}");
                }
                catch (StoreException corrupt) when (corrupt.Code == StoreErrorCode.Corrupt)
                {
                    refused++;
                }
            }

            if (round % 4 < 2)
            {
                Assert.Equal(1, refused);
                Assert.Equal(1, (await _catalog.CheckInlineAsync(0, 100, None)).Bad);
            }

            await _catalog.DisposeAsync();
        }

        await File.WriteAllBytesAsync(DatabasePath, file, None);
        await OpenAsync(Options());
        Assert.Equal("little bird", await ReadAsync(small.Id));
    }

    [Fact]
    public async Task Deleted_bytes_are_gone_from_every_file_soon_also_when_nothing_more_happens()
    {
        await ReopenAsync(new SqliteCatalogOptions { Path = DatabasePath, MinFreeBytes = 0, ScrubLogAfter = TimeSpan.FromMilliseconds(300) });
        var random = new Random(5);
        var left = new Dictionary<int, ObjectId>();
        var deleted = new HashSet<int>();
        for (int n = 0; n < 600; n++)
        {
            int repeats = 1 + random.Next(random.Next(3) == 0 ? 800 : 30);
            left[n] = (await PutAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"[canary {n:D4}]", repeats))))).Id;
            if (random.Next(2) == 0)
            {
                int gone = left.Keys.ElementAt(random.Next(left.Count));
                await _catalog.DeleteObjectAsync(left[gone], None);
                left.Remove(gone);
                deleted.Add(gone);
            }
        }

        var waited = Stopwatch.StartNew();
        HashSet<int> found;
        do
        {
            await Task.Delay(100, None);
            found = [.. Canaries(DatabasePath), .. Canaries(DatabasePath + "-wal")];
        }
        while (found.Overlaps(deleted) && waited.Elapsed < TimeSpan.FromSeconds(10));
        Assert.Empty(found.Intersect(deleted));
        Assert.Equal(left.Keys.Order(), found.Order());

        static IEnumerable<int> Canaries(string path) =>
            Regex.Matches(Encoding.Latin1.GetString(ReadShared(path)), @"\[canary (?<number>\d{4})\]", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10))
                .Select(match => int.Parse(match.Groups["number"].Value));
    }

    [Fact]
    public async Task Bytes_deleted_before_a_crash_are_gone_soon_after_the_next_start()
    {
        StoredObject made = await PutAsync("CANARY-crash"u8.ToArray());
        await _catalog.DeleteObjectAsync(made.Id, None);
        using var copy = new TemporaryFolder(); // the files as kill -9 would leave them
        foreach (string name in (string[])["catalog.db", "catalog.db-wal"])
        {
            await File.WriteAllBytesAsync(copy.File(name), ReadShared(_folder.File(name)), None);
        }

        await using SqliteCatalog recovered = await SqliteCatalog.OpenAsync(
            new SqliteCatalogOptions { Path = copy.File("catalog.db"), MinFreeBytes = 0, ScrubLogAfter = TimeSpan.FromMilliseconds(200) },
            NullLoggerFactory.Instance, TimeProvider.System, None);
        Assert.Equal(ObjectState.Deleted, (await recovered.FindObjectAsync(made.Id, None))!.State);
        await Task.Delay(1500, None);
        foreach (string name in (string[])["catalog.db", "catalog.db-wal"])
        {
            Assert.True(ReadShared(copy.File(name)).AsSpan().IndexOf("CANARY"u8) < 0, name);
        }
    }

    [Fact]
    public async Task The_log_stays_bounded_under_a_storm_of_readers()
    {
        const long MaxLog = 2 << 20;
        await ReopenAsync(new SqliteCatalogOptions { Path = DatabasePath, MinFreeBytes = 0, MaxLogBytes = MaxLog, CheckpointPages = 100 });
        for (int n = 0; n < 200; n++)
        {
            await PutAsync(new byte[1000]);
        }

        using var end = new CancellationTokenSource();
        long reads = 0;
        Task[] storm = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await _catalog.ListObjectsAsync(new ObjectQuery { Account = _account.Id, Limit = 1000 }, None);
                Interlocked.Increment(ref reads);
            }
        }))];
        long longest = 0;
        byte[] bytes = new byte[48_000];
        for (int n = 0; n < 40; n++)
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PutAsync(bytes)));
            longest = Math.Max(longest, new FileInfo(DatabasePath + "-wal").Length);
        }

        await end.CancelAsync();
        await Task.WhenAll(storm);
        Assert.True(reads > 8);
        Assert.InRange(longest, 1, 6 * MaxLog); // 24 MB were written
    }

    [Fact]
    public async Task Data_of_a_newer_schema_is_refused_with_one_line()
    {
        await _catalog.RunOnWriterAsync(db => db.Execute("UPDATE schema_version SET version = 1000"));
        await _catalog.DisposeAsync();
        SqliteCatalogException refused = await Assert.ThrowsAsync<SqliteCatalogException>(() => OpenAsync(Options()));
        Assert.Contains("newer than this program", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_with_one_line()
    {
        string path = _folder.File("other.db");
        await File.WriteAllTextAsync(path, string.Concat(Enumerable.Repeat("no database at all\n", 500)), None);
        SqliteCatalogException refused = await Assert.ThrowsAsync<SqliteCatalogException>(() => SqliteCatalog.OpenAsync(
            new SqliteCatalogOptions { Path = path, MinFreeBytes = 0 }, NullLoggerFactory.Instance, TimeProvider.System, None));
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void A_missing_or_old_library_is_named_with_the_line_that_installs_it()
    {
        Assert.Contains("libnowhere.so.0", Assert.Throws<SqliteCatalogException>(() => SqliteLibrary.Load(["libnowhere.so.0"])).Message, StringComparison.Ordinal);
        string old = Assert.Throws<SqliteCatalogException>(() => SqliteLibrary.RequireVersion(3_036_000)).Message;
        Assert.Contains("3.36.0", old, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', old);
        SqliteLibrary.RequireVersion(3_037_000);
    }

    [Fact]
    public async Task A_search_that_finds_nothing_in_its_time_says_so_and_one_that_finds_something_shows_it()
    {
        await ReopenAsync(new SqliteCatalogOptions { Path = DatabasePath, MinFreeBytes = 0, SearchTime = TimeSpan.Zero });
        await FillAsync(5000, ObjectState.ReadOnly);
        StoredObject newest = await PutAsync([1]);
        var query = new ObjectQuery { Account = _account.Id, Limit = 10, NameContains = "no such name", WithTotal = true };
        Assert.Equal(
            StoreErrorCode.SearchTooSlow,
            (await Assert.ThrowsAsync<StoreException>(async () => await _catalog.ListObjectsAsync(query, None))).Code);
        ObjectPage page = await _catalog.ListObjectsAsync(query with { NameContains = newest.Name }, None);
        Assert.Equal([newest.Id], page.Objects.Select(found => found.Id));
        Assert.True(page.HasMore);
        Assert.Null(page.TotalCount);
    }

    [Fact]
    public async Task A_page_costs_the_same_among_many_objects_and_many_newer_tombstones()
    {
        await FillAsync(100, ObjectState.ReadOnly);
        await FillAsync(100, ObjectState.Deleted);
        long few = CostOfPage(state: null);
        await FillAsync(10_000, ObjectState.ReadOnly);
        await FillAsync(10_000, ObjectState.Deleted);
        Assert.Equal(few, CostOfPage(state: null));
    }

    [Theory]
    [InlineData(ObjectState.ReadOnly), InlineData(ObjectState.Uploading), InlineData(ObjectState.Error), InlineData(ObjectState.Deleted)]
    public async Task A_page_of_one_state_costs_the_same_behind_many_newer_objects_of_the_others(ObjectState state)
    {
        await FillAsync(100, state);
        long few = CostOfPage(state);
        foreach (ObjectState other in Enum.GetValues<ObjectState>().Where(other => other != state))
        {
            await FillAsync(3_000, other);
        }

        Assert.InRange(CostOfPage(state), 1, few + 100); // more counters are read
    }

    [Fact]
    public async Task Every_instrument_moves()
    {
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, double>();
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name == "Coffer.Catalog.Sqlite")
            {
                listening.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();

        StoredObject made = await PutAsync(new byte[1000]);
        await _catalog.RunOnWriterAsync(db => db.Execute("UPDATE inline_content SET body = zeroblob(length(body))"));
        await Assert.ThrowsAsync<StoreException>(async () => await _catalog.OpenObjectAsync(made.Id, None));
        listener.RecordObservableInstruments();
        foreach (string name in (string[])["coffer.writer.batch_size", "coffer.writer.sync_seconds", "coffer.wal.bytes", "coffer.crc.failures",
            "coffer.objects READ_ONLY", "coffer.bytes READ_ONLY"])
        {
            Assert.True(seen.GetValueOrDefault(name) > 0, name);
        }

        foreach (string name in (string[])["coffer.writer.queue_length", "coffer.catalog.free_bytes", "coffer.queue.length released", "coffer.queue.length expired",
            "coffer.objects ERROR"])
        {
            Assert.True(seen.ContainsKey(name), name);
        }

        void Note(System.Diagnostics.Metrics.Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            seen.AddOrUpdate(tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}", value, (_, before) => Math.Max(before, value));
    }

    private SqliteCatalogOptions Options() => new() { Path = DatabasePath, MinFreeBytes = 0 };

    private async Task OpenAsync(SqliteCatalogOptions options)
    {
        _catalog = await SqliteCatalog.OpenAsync(options, NullLoggerFactory.Instance, TimeProvider.System, None);
        _account = await _catalog.FindAccountAsync(Account.DefaultName, None)
            ?? (await _catalog.AddAccountAsync(new Account { Name = Account.DefaultName, CreatedAtMs = 0 }, None))!;
    }

    private async Task ReopenAsync(SqliteCatalogOptions options)
    {
        await _catalog.DisposeAsync();
        await OpenAsync(options);
    }

    private Task<StoredObject> PutAsync(byte[] bytes) =>
        _catalog.PutObjectAsync(New(), new NewContent { SizeBytes = bytes.Length, ETag = "tag", Inline = bytes }, None);

    private NewObject New()
    {
        ObjectId id = _catalog.MintObjectId();
        return new NewObject { Id = id, Account = _account.Id, Bucket = _account.ObjectsBucket, Key = id.ToString(), Name = $"name of {id}" };
    }

    private async Task<string?> ReadAsync(ObjectId id)
    {
        using OpenedRow? row = await _catalog.OpenObjectAsync(id, None);
        return row?.Inline is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
    }

    /// <summary>Adds rows by SQL, newer than all before.</summary>
    private Task FillAsync(int count, ObjectState state) => _catalog.RunOnWriterAsync(db =>
    {
        for (int n = 0; n < count; n++)
        {
            ObjectId id = _catalog.MintObjectId();
            using Statement insert = db.Prepared(
                """
                INSERT INTO object (id, account, bucket, key, key_id, key_created_ms, name, state, class, public, updated_ms)
                VALUES (?1, 1, 1, ?2, ?1, 0, ?2, ?3, 0, 0, 0)
                """);
            insert.Bind(1, id.Value).Bind(2, id.ToString()).Bind(3, (long)state).Run();
        }

        db.Execute($"INSERT INTO counter VALUES (1, {(int)state}, {count}, 0) ON CONFLICT DO UPDATE SET objects = objects + {count}");
    });

    /// <summary>What a page of 20 costs, in instructions of SQLite's machine.</summary>
    private long CostOfPage(ObjectState? state)
    {
        var query = new ObjectQuery { Account = _account.Id, State = state, Limit = 20, WithTotal = true };
        using Connection reader = CatalogFile.OpenReader(DatabasePath);
        Assert.Equal(20, ObjectList.Page(reader, query, _catalog.NowMs).Objects.Count);
        return reader.Instructions;
    }

    /// <summary>Reads with cat: closing a descriptor in this process would drop SQLite's locks.</summary>
    private static byte[] ReadShared(string path)
    {
        using var cat = Process.Start(new ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        using var bytes = new MemoryStream();
        cat.StandardOutput.BaseStream.CopyTo(bytes);
        cat.WaitForExit();
        return bytes.ToArray();
    }
}
