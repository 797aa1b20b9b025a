using System.Runtime.InteropServices;

namespace Coffer.DurabilityTests;

/// <summary>The few calls of the system's SQLite that the stand-in needs.</summary>
internal sealed unsafe partial class Database : IDisposable
{
    private const string Library = "libsqlite3.so.0";
    private const int Row = 100, Done = 101;

    private readonly IntPtr _handle;

    public Database(string path)
    {
        Check(Open(path, out _handle));
        Execute("PRAGMA busy_timeout=5000");
    }

    public void Execute(string sql) => Query(sql);

    /// <summary>Runs one statement; "?" stands for the given bytes.</summary>
    public List<(long First, byte[]? Second)> Query(string sql, ReadOnlySpan<byte> bytes = default)
    {
        var rows = new List<(long, byte[]?)>();
        Check(Prepare(_handle, sql, -1, out IntPtr statement, IntPtr.Zero));
        try
        {
            fixed (byte* data = bytes)
            {
                if (!bytes.IsEmpty) Check(BindBlob(statement, 1, data, bytes.Length, new IntPtr(-1)));
            }

            int code;
            while ((code = Step(statement)) == Row)
            {
                int size = ColumnBytes(statement, 1);
                var blob = new ReadOnlySpan<byte>(ColumnBlob(statement, 1), size);
                rows.Add((ColumnInt64(statement, 0), ColumnType(statement, 1) == 5 ? null : blob.ToArray()));
            }

            if (code != Done) Check(code);
        }
        finally
        {
            _ = FinalizeStatement(statement);
        }

        return rows;
    }

    public void Dispose() => _ = Close(_handle);

    private void Check(int code)
    {
        if (code != 0) throw new IOException($"SQLite: {Marshal.PtrToStringUTF8(ErrorMessage(_handle))} ({code})");
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, out IntPtr handle);

    [LibraryImport(Library, EntryPoint = "sqlite3_close")]
    private static partial int Close(IntPtr handle);

    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    private static partial IntPtr ErrorMessage(IntPtr handle);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Prepare(IntPtr handle, string sql, int length, out IntPtr statement, IntPtr tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    private static partial int BindBlob(IntPtr statement, int index, byte* data, int length, IntPtr destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    private static partial int Step(IntPtr statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    private static partial int FinalizeStatement(IntPtr statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    private static partial long ColumnInt64(IntPtr statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    private static partial int ColumnType(IntPtr statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    private static partial byte* ColumnBlob(IntPtr statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    private static partial int ColumnBytes(IntPtr statement, int column);
}
