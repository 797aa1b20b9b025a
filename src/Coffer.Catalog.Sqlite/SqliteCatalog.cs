using System.Collections.Concurrent;
using System.Globalization;
using Coffer.Catalog.Sqlite.Readers;
using Coffer.Catalog.Sqlite.Readers.Lists;
using Coffer.Catalog.Sqlite.Writer;

namespace Coffer.Catalog.Sqlite;

/// <summary>The embedded catalog: one SQLite file, one writer, a few readers.</summary>
/// <remarks>How it keeps its promises: docs/decisions/0001 to 0003.</remarks>
public sealed partial class SqliteCatalog : ICatalog
{
    /// <summary>About what a row changes: a page of its table and of each index, and their copies in the log.</summary>
    private const int RowBytes = 64 << 10;

    private readonly SqliteCatalogOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly VolumeSpace _space;
    private readonly ConcurrentDictionary<BlobId, byte> _announced;
    private readonly WriteQueue _queue;
    private readonly WriterLoop _writer;
    private readonly ReaderPool _readers;
    private readonly OpenedObjects _opened;
    private readonly ObjectSearch _search;
    private readonly ListReader _lists;
    private readonly FolderPositions _positions;
    private readonly CatalogMeter _meter;
    private readonly Connection _db;
    private readonly ObjectIdMint _objectIds;
    private readonly BlobIdMint _blobIds;
    private IReadOnlyList<StateTotal> _lastTotals = [];
    private QueueLengths _lastLengths;
    private long _lastFreeBytes;
    private int _disposed;

    private SqliteCatalog(
        SqliteCatalogOptions options, ILogger logger, TimeProvider time, VolumeSpace space, Ballast ballast, Connection db, RunRecord run)
    {
        _options = options;
        _logger = logger;
        _time = time;
        _space = space;
        _db = db;
        _announced = new ConcurrentDictionary<BlobId, byte>();
        _objectIds = new ObjectIdMint(run.LastMinted, time, logger);
        _blobIds = new BlobIdMint(run.Start);
        _meter = new CatalogMeter();
        _readers = new ReaderPool(() => CatalogFile.OpenReader(options.Path), options.Readers + (2 * options.SearchLanes));
        _positions = new FolderPositions(options.FolderStretchEntries, options.FolderPositionsBytes);
        _search = new ObjectSearch(_readers, new SearchLanes(options.SearchLanes, options.SearchBusyAfter), options.SearchTime, () => NowMs);
        _lists = new ListReader(_readers, new SearchLanes(options.SearchLanes, options.ListBusyAfter), _positions, options.ListTime, () => NowMs);
        _opened = new OpenedObjects(options.OpenedObjectsBytes);
        _queue = new WriteQueue(options.BusyAfter);
        var log = new LogKeeper(db, _readers, options, logger);
        if (!run.EndedCleanly)
        {
            log.ScrubSoon(); // the log may hold bytes that the last run deleted
        }

        _writer = new WriterLoop(
            new WriteSession(db, _announced, _positions, () => NowMs, NoteDamage), _opened, _queue, log, ballast, _space, _meter, logger);
        _meter.Observe(() => _queue.Length, LogFileBytes, ObserveFreeBytes, ObserveTotals, ObserveLengths);
    }

    public int InlineMaxBytes => _options.InlineMaxBytes;

    public long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public Task Failed => _writer.Failed;

    /// <summary>For tests.</summary>
    internal FolderPositions Positions => _positions;

    /// <summary>Opens the catalog, makes it when there is none, and brings an older one up to date.</summary>
    /// <exception cref="SqliteCatalogException">The library is missing or too old, the file is newer than this program, damaged, or cannot be opened.</exception>
    public static Task<SqliteCatalog> OpenAsync(
        SqliteCatalogOptions options, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken) =>
        Task.Run(() => Open(options, loggers.CreateLogger("Coffer.Catalog.Sqlite"), time), cancellationToken);

    public ObjectId MintObjectId() => _objectIds.Mint();

    public ValueTask<bool> IsReadyAsync(CancellationToken cancellationToken) =>
        Failed.IsCompleted ? new ValueTask<bool>(false) : ReadAsync(0, static (db, _) => db.Scalar("SELECT starts FROM run") is not null, cancellationToken);

    public ValueTask<byte[]?> FindSettingAsync(string name, CancellationToken cancellationToken) =>
        ReadAsync(name, AccessRows.FindSetting, cancellationToken);

    public Task<byte[]> SettleAsync(string name, byte[] proposal, CancellationToken cancellationToken) =>
        WriteAsync(session => session.Settle(name, proposal), cancellationToken);

    public Task PutSettingAsync(string name, byte[] value, CancellationToken cancellationToken) =>
        WriteAsync(session => Done(() => session.PutSetting(name, value)), cancellationToken);

    /// <summary>Lets running writes finish, copies the log into the database and notes that all is in order.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _queue.Close(static () => new ObjectDisposedException(nameof(SqliteCatalog)));
        await _writer.Ended;
        _meter.Dispose();
        _readers.Dispose();
        _opened.Clear();
        if (!Failed.IsCompleted)
        {
            CatalogFile.Close(_db, _objectIds.Last, _logger);
        }

        _db.Dispose();
    }

    /// <summary>Runs something on the writer's connection, in a transaction; opened objects are read anew after it. For tests.</summary>
    internal async Task RunOnWriterAsync(Action<Connection> act)
    {
        await WriteAsync(session => Done(() => act(session.Db)), CancellationToken.None);
        _opened.Clear();
    }

    private static SqliteCatalog Open(SqliteCatalogOptions options, ILogger logger, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.InlineMaxBytes, InlineBody.LargestBytes, nameof(options));
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(options.Path))!;
        var space = new VolumeSpace(folder, options.MinFreeBytes, time);
        var ballast = new Ballast(options.BallastPath, space, logger);
        for (bool spentBallast = false; ; spentBallast = true)
        {
            Connection? db = null;
            try
            {
                if (CatalogCompaction.RemoveLeftover(options.Path))
                {
                    Log.LeftoverRemoved(logger);
                }

                CatalogFile.RewriteLog(options.Path);
                db = CatalogFile.OpenWriter(options.Path, logger);
                RunRecord run = CatalogFile.BeginRun(db, logger);
                DirectorySync.Flush(folder);
                ballast.Refill();
                var catalog = new SqliteCatalog(options, logger, time, space, ballast, db, run);
                catalog._writer.Start();
                return catalog;
            }
            catch (SqliteFailure full) when (full.IsFull && !spentBallast && ballast.GiveUp())
            {
                db?.Dispose();
            }
            catch (SqliteFailure failure)
            {
                db?.Dispose();
                throw new SqliteCatalogException(
                    string.Create(CultureInfo.InvariantCulture, $"the catalog {options.Path} cannot be opened: {failure.Message}"), failure);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                db?.Dispose();
                throw new SqliteCatalogException($"the catalog {options.Path} cannot be opened: {failure.Message}", failure);
            }
            catch
            {
                db?.Dispose();
                throw;
            }
        }
    }

    private static bool Done(Action act)
    {
        act();
        return true;
    }

    private ValueTask<T> ReadAsync<TArguments, T>(
        TArguments arguments, Func<Connection, TArguments, T> read, CancellationToken cancellationToken) =>
        _readers.ReadAsync(arguments, read, cancellationToken);

    /// <summary>A write that takes room, and is refused below the reserve; the rest of the room is for those that give some back.</summary>
    /// <param name="text">Characters of the caller's, such as metadata.</param>
    private async Task<T> GrowAsync<T>(Func<WriteSession, T> work, CancellationToken cancellationToken, int text = 0)
    {
        _space.Check(RowBytes + text, newFile: false);
        return await WriteAsync(work, cancellationToken);
    }

    private Task<T> WriteAsync<T>(Func<WriteSession, T> work, CancellationToken cancellationToken) =>
        _queue.Add(new WriteRequest<T>(work), cancellationToken);

    /// <summary>A turn behind the requests. It cannot be cancelled once it waits, for it is short.</summary>
    private Task<T> UpkeepAsync<T>(Func<WriteSession, T> work, bool freesSpace, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return _queue.AddUpkeep(new WriteRequest<T>(work) { FreesSpace = freesSpace });
    }

    private long LogFileBytes()
    {
        var file = new FileInfo(_options.Path + "-wal");
        return file.Exists ? file.Length : 0;
    }

    /// <summary>Metrics are read at once or, when reads are paused, as they last were.</summary>
    private IReadOnlyList<StateTotal> ObserveTotals()
    {
        ValueTask<IReadOnlyList<StateTotal>> totals = TotalsAsync(CancellationToken.None);
        return totals.IsCompletedSuccessfully ? _lastTotals = totals.Result : _lastTotals;
    }

    private long ObserveFreeBytes()
    {
        ValueTask<long> free = ReadAsync(0, static (db, _) => Number(db, "PRAGMA freelist_count") * Number(db, "PRAGMA page_size"), CancellationToken.None);
        return free.IsCompletedSuccessfully ? _lastFreeBytes = free.Result : _lastFreeBytes;

        static long Number(Connection db, string sql) => long.Parse(db.Scalar(sql)!, CultureInfo.InvariantCulture);
    }

    private QueueLengths ObserveLengths()
    {
        ValueTask<QueueLengths> lengths = QueueLengthsAsync(CancellationToken.None);
        return lengths.IsCompletedSuccessfully ? _lastLengths = lengths.Result : _lastLengths;
    }
}
