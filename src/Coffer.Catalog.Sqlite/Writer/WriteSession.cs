using System.Collections.Concurrent;
using System.Diagnostics;
using Coffer.Catalog.Sqlite.Readers;
using Coffer.Catalog.Sqlite.Readers.Lists;

namespace Coffer.Catalog.Sqlite.Writer;

/// <summary>The statements that change the catalog, on the writer's connection, inside the transaction of a batch.</summary>
/// <remarks>A step throws a refusal only before it has changed anything; otherwise the batch is rolled back and run again one by one.</remarks>
internal sealed partial class WriteSession(
    Connection db,
    ConcurrentDictionary<BlobId, byte> announced,
    FolderPositions positions,
    Func<long> now,
    Action<ObjectId?> noteDamage)
{
    /// <summary>Rows that one turn of upkeep may touch.</summary>
    public const int TurnRows = 256;

    private static readonly TimeSpan TurnTime = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<(long Account, ObjectState State), (long Objects, long SizeBytes)> _counted = [];
    private readonly HashSet<BlobId> _claimed = [];
    private readonly HashSet<BlobId> _handedOver = [];
    private readonly List<ObjectId> _changed = [];

    public Connection Db { get; } = db;

    /// <summary>Whether the running transaction removes inline bytes, which the write-ahead log still holds then.</summary>
    public bool RemovedInlineBytes { get; private set; }

    /// <summary>Objects whose rows the running transaction changes or removes; when they were read last does not count.</summary>
    public List<ObjectId> Changed => _changed;

    private long NowMs => now();

    /// <summary>Forgets what an earlier transaction left in memory.</summary>
    public void Begin()
    {
        _counted.Clear();
        _claimed.Clear();
        _handedOver.Clear();
        _changed.Clear();
        RemovedInlineBytes = false;
    }

    /// <summary>Writes the counters, as the last statements of the transaction.</summary>
    public void WriteCounters()
    {
        foreach (((long account, ObjectState state), (long objects, long size)) in _counted)
        {
            if (objects == 0 && size == 0)
            {
                continue;
            }

            using Statement count = Db.Prepared(
                """
                INSERT INTO counter (account, state, objects, size_bytes) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (account, state) DO UPDATE SET objects = objects + ?3, size_bytes = size_bytes + ?4
                """);
            count.Bind(1, account).Bind(2, (long)state).Bind(3, objects).Bind(4, size).Run();
        }
    }

    /// <summary>Ends the announcements of blobs that durable rows refer to now, and lets lists count what changed.</summary>
    public void Committed()
    {
        positions.Commit();
        foreach (BlobId blob in _claimed)
        {
            announced.TryRemove(blob, out _);
        }
    }

    /// <summary>Counts a row, once as it was and once as it is: whatever changes one comes by here.</summary>
    private void Count(StoredObject row, int sign)
    {
        if (sign < 0)
        {
            _changed.Add(row.Id);
        }

        Add(row.Account.Value);
        if (row.State is ObjectState.ReadOnly)
        {
            positions.Change(row);
            if (row.IsPublic)
            {
                Add(PublicAccount);
            }
        }

        void Add(long account)
        {
            (long objects, long size) = _counted.GetValueOrDefault((account, row.State));
            _counted[(account, row.State)] = (objects + sign, size + (sign * (row.SizeBytes ?? 0)));
        }
    }

    /// <summary>Account of the counter of public READ_ONLY objects.</summary>
    public const long PublicAccount = 0;

    /// <summary>Does one row of objects after the other until the turn's time is over.</summary>
    /// <param name="rows">Numbers of rows. They are read one by one, within the turn's time, and without metadata.</param>
    private int InOneTurn(List<long> rows, Action<ObjectRow> act) => InOneTurn<long>(rows, n => act(ObjectReads.FindWithoutMetadata(Db, n)));

    /// <summary>Does one thing after the other until the turn's time is over.</summary>
    private static int InOneTurn<T>(List<T> things, Action<T> act)
    {
        long started = Stopwatch.GetTimestamp();
        int done = 0;
        foreach (T thing in things)
        {
            act(thing);
            done++;
            if (Stopwatch.GetElapsedTime(started) > TurnTime)
            {
                break;
            }
        }

        return done;
    }
}
