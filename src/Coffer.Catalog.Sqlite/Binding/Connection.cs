using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Coffer.Catalog.Sqlite.Binding;

/// <summary>One connection and the statements prepared on it. Used by one thread at a time.</summary>
internal sealed unsafe class Connection : IDisposable
{
    private readonly Dictionary<string, Statement> _prepared = new(SameText.Instance);
    private int* _walPages;
    private nint _db;

    private Connection(nint db) => _db = db;

    /// <summary>Whether no transaction was begun, or SQLite has ended it.</summary>
    public bool IsAutocommit => NativeSqlite.IsAutocommit(_db) != 0;

    /// <summary>Whether it holds no snapshot and no lock.</summary>
    public bool IsIdle => NativeSqlite.TransactionState(_db, 0) == NativeSqlite.TransactionNone;

    /// <summary>Rows changed by the last statement.</summary>
    public int Changes => NativeSqlite.Changes(_db);

    /// <summary>Rows changed since the connection was opened.</summary>
    public int TotalChanges => NativeSqlite.TotalChanges(_db);

    public long LastRowId => NativeSqlite.LastRowId(_db);

    /// <summary>Pages in the write-ahead log after this connection's last commit; see <see cref="CountWalPages"/>.</summary>
    public int WalPages => *_walPages;

    public SharedTexts Texts { get; } = new();

    /// <summary>Instructions that its kept statements have run so far. For tests.</summary>
    internal long Instructions => _prepared.Values.Sum(statement => (long)statement.Instructions);

    /// <exception cref="SqliteCatalogException">The system has no SQLite library, or too old a one.</exception>
    /// <exception cref="SqliteFailure">The file cannot be opened.</exception>
    public static Connection Open(string path, bool create)
    {
        SqliteLibrary.Require();
        int flags = NativeSqlite.OpenReadWrite | NativeSqlite.OpenNoMutex | NativeSqlite.OpenExtendedCodes
            | (create ? NativeSqlite.OpenCreate : 0);
        int code = NativeSqlite.Open(path, out nint db, flags, vfs: 0);
        var opened = new Connection(db);
        if (code == NativeSqlite.Ok)
        {
            return opened;
        }

        SqliteFailure failure = opened.Failure();
        opened.Dispose();
        throw failure;
    }

    /// <summary>The statement for this text: prepared at its first use and kept. Dispose it to reset it.</summary>
    /// <param name="sql">A literal: statements are found by reference.</param>
    public Statement Prepared(string sql)
    {
        if (!_prepared.TryGetValue(sql, out Statement? statement))
        {
            statement = Statement.Prepare(this, _db, sql);
            _prepared.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>Runs a kept statement without parameters.</summary>
    public void Run(string sql)
    {
        using Statement statement = Prepared(sql);
        statement.Run();
    }

    /// <summary>Runs one or more statements once.</summary>
    public void Execute(string sql)
    {
        if (NativeSqlite.Execute(_db, sql, 0, 0, 0) != NativeSqlite.Ok)
        {
            throw Failure();
        }
    }

    /// <summary>The first column of the first row of a statement that is not kept.</summary>
    public string? Scalar(string sql)
    {
        Statement statement = Statement.Prepare(this, _db, sql);
        try
        {
            return statement.Step() ? statement.TextOrNull(0) : null;
        }
        finally
        {
            statement.Finish();
        }
    }

    public void SetBusyTimeout(TimeSpan timeout) => _ = NativeSqlite.BusyTimeout(_db, (int)timeout.TotalMilliseconds);

    /// <summary>Closing this connection last neither checkpoints nor removes the write-ahead log.</summary>
    public void KeepLogOnClose()
    {
        int code = OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? NativeSqlite.ConfigureApple(_db, NativeSqlite.ConfigNoCheckpointOnClose, 0, 0, 0, 0, 0, 0, 1, 0)
            : NativeSqlite.Configure(_db, NativeSqlite.ConfigNoCheckpointOnClose, 1, 0);
        if (code != NativeSqlite.Ok)
        {
            throw Failure();
        }
    }

    /// <summary>Keeps <see cref="WalPages"/> up to date; takes the place of the automatic checkpoint.</summary>
    public void CountWalPages()
    {
        _walPages = (int*)NativeMemory.AllocZeroed(sizeof(int));
        _ = NativeSqlite.OnCommit(_db, &NoteWalPages, (nint)_walPages);
    }

    /// <summary>Copies the write-ahead log into the database.</summary>
    /// <returns>False when readers or another process were in the way of all or some of it.</returns>
    public bool Checkpoint(int mode)
    {
        int code = NativeSqlite.Checkpoint(_db, 0, mode, out int logPages, out int copiedPages);
        if ((code & 0xFF) == NativeSqlite.Busy)
        {
            return false;
        }

        if (code != NativeSqlite.Ok)
        {
            throw Failure();
        }

        if (mode != NativeSqlite.CheckpointPassive)
        {
            *_walPages = 0;
        }

        return logPages == copiedPages;
    }

    public SqliteFailure Failure() => new(
        NativeSqlite.ExtendedError(_db), Marshal.PtrToStringUTF8(NativeSqlite.ErrorMessage(_db)) ?? "unknown");

    public void Dispose()
    {
        if (_db == 0)
        {
            return;
        }

        foreach (Statement statement in _prepared.Values)
        {
            statement.Finish();
        }

        _prepared.Clear();
        _ = NativeSqlite.Close(_db);
        _db = 0;
        NativeMemory.Free(_walPages);
        _walPages = null;
    }

    [UnmanagedCallersOnly]
    private static int NoteWalPages(nint pages, nint db, byte* schema, int count)
    {
        *(int*)pages = count;
        return NativeSqlite.Ok;
    }

    private sealed class SameText : IEqualityComparer<string>
    {
        public static readonly SameText Instance = new();

        public bool Equals(string? x, string? y) => ReferenceEquals(x, y);

        public int GetHashCode(string text) => RuntimeHelpers.GetHashCode(text);
    }
}
