using System.Runtime.InteropServices;

namespace Coffer.Catalog.Sqlite.Binding;

/// <summary>The functions of SQLite's C interface that the catalog calls. Names and rules: sqlite.org/c3ref.</summary>
/// <remarks>
/// Calls that only copy a few bytes do without the runtime's transition; whatever may wait, read a file or copy more does not, for the
/// garbage collector would wait for it, and every thread with it.
/// </remarks>
internal static unsafe partial class NativeSqlite
{
    public const int Ok = 0;
    public const int Busy = 5;
    public const int IoError = 10;
    public const int Corrupt = 11;
    public const int Full = 13;
    public const int NotADatabase = 26;
    public const int Row = 100;
    public const int Done = 101;

    public const int OpenReadWrite = 0x2;
    public const int OpenCreate = 0x4;
    public const int OpenNoMutex = 0x8000;
    public const int OpenExtendedCodes = 0x0200_0000;

    public const uint PreparePersistent = 1;

    public const int CheckpointPassive = 0;
    public const int CheckpointRestart = 2;
    public const int CheckpointTruncate = 3;

    public const int ConfigNoCheckpointOnClose = 1006;

    public const int ConfigMemoryStatistics = 9;

    public const int TransactionNone = 0;

    public const int NullType = 5;

    /// <summary>Instructions of SQLite's virtual machine: the same for the same work, on any machine.</summary>
    public const int StatusVmStep = 4;

    /// <summary>SQLITE_STATIC: the bytes stay where they are until the statement is reset.</summary>
    public const nint Static = 0;

    /// <summary>SQLITE_TRANSIENT: SQLite copies the bytes at once.</summary>
    public const nint Transient = -1;

    /// <summary>Most bytes that a call may copy without the runtime's transition: a page of the database.</summary>
    public const int MostQuickBytes = 4096;

    private const string Library = SqliteLibrary.Name;

    [LibraryImport(Library, EntryPoint = "sqlite3_libversion_number")]
    public static partial int VersionNumber();

    /// <remarks>Variadic in C; a single int argument is passed as in any call, except by Apple's arm64.</remarks>
    [LibraryImport(Library, EntryPoint = "sqlite3_config")]
    public static partial int ConfigureLibrary(int option, int value);

    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, out nint db, int flags, nint vfs);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    public static partial int Close(nint db);

    [LibraryImport(Library, EntryPoint = "sqlite3_exec", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Execute(nint db, string sql, nint callback, nint argument, nint error);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v3")]
    public static partial int Prepare(nint db, byte* sql, int length, uint flags, out nint statement, byte** tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    public static partial int Finish(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_stmt_status")]
    public static partial int StatementStatus(nint statement, int counter, int reset);

    [LibraryImport(Library, EntryPoint = "sqlite3_busy_timeout")]
    public static partial int BusyTimeout(nint db, int milliseconds);

    /// <remarks>Variadic in C. A single int argument is passed as in any call on x64; see <see cref="ConfigureApple"/> for the exception.</remarks>
    [LibraryImport(Library, EntryPoint = "sqlite3_db_config")]
    public static partial int Configure(nint db, int option, int value, nint result);

    /// <summary>Apple's arm64 passes variadic arguments on the stack: six fillers use up the registers.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_db_config")]
    public static partial int ConfigureApple(
        nint db, int option, nint fill2, nint fill3, nint fill4, nint fill5, nint fill6, nint fill7, nint value, nint result);

    [LibraryImport(Library, EntryPoint = "sqlite3_wal_checkpoint_v2")]
    public static partial int Checkpoint(nint db, nint schema, int mode, out int logPages, out int copiedPages);

    [LibraryImport(Library, EntryPoint = "sqlite3_wal_hook")]
    public static partial nint OnCommit(nint db, delegate* unmanaged<nint, nint, byte*, int, int> hook, nint argument);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_get_autocommit")]
    public static partial int IsAutocommit(nint db);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_txn_state")]
    public static partial int TransactionState(nint db, nint schema);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_changes")]
    public static partial int Changes(nint db);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_total_changes")]
    public static partial int TotalChanges(nint db);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_last_insert_rowid")]
    public static partial long LastRowId(nint db);

    [LibraryImport(Library, EntryPoint = "sqlite3_extended_errcode")]
    public static partial int ExtendedError(nint db);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    public static partial nint ErrorMessage(nint db);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    public static partial int BindNull(nint statement, int index);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    public static partial int BindInteger(nint statement, int index, long value);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_zeroblob")]
    public static partial int BindEmptyBlob(nint statement, int index, int length);

    public static int BindText(nint statement, int index, byte* text, int length, nint lifetime) => length <= MostQuickBytes
        ? BindShortText(statement, index, text, length, lifetime)
        : BindLongText(statement, index, text, length, lifetime);

    public static int BindBlob(nint statement, int index, byte* bytes, int length, nint lifetime) => length <= MostQuickBytes
        ? BindShortBlob(statement, index, bytes, length, lifetime)
        : BindLongBlob(statement, index, bytes, length, lifetime);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    public static partial int ColumnType(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    public static partial long ColumnInteger(nint statement, int column);

    /// <summary>A blob, or text as it is stored: asked for as text, it would be copied to have a zero behind it.</summary>
    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    public static partial byte* ColumnBlob(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    public static partial int ColumnLength(nint statement, int column);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    private static partial int BindShortText(nint statement, int index, byte* text, int length, nint lifetime);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    private static partial int BindLongText(nint statement, int index, byte* text, int length, nint lifetime);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    private static partial int BindShortBlob(nint statement, int index, byte* bytes, int length, nint lifetime);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    private static partial int BindLongBlob(nint statement, int index, byte* bytes, int length, nint lifetime);
}
