using System.Buffers;
using System.Globalization;
using System.Reflection;
using Coffer.Catalog.Sqlite.Binding;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Catalog.Sqlite;

/// <summary>What is known of earlier runs on a file.</summary>
/// <param name="Start">Number of this start.</param>
/// <param name="LastMinted">The highest object id of earlier runs.</param>
internal sealed record RunRecord(uint Start, bool EndedCleanly, ObjectId LastMinted);

/// <summary>Opens connections with the settings that the promises rest on, and brings the schema up to date.</summary>
internal static class CatalogFile
{
    private static readonly TimeSpan BusyTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Writes the log that an earlier run left behind once more, in its place, and syncs it. Comes before SQLite opens it.</summary>
    /// <remarks>
    /// A run that ended because a sync failed leaves bytes that the system's cache shows and takes for written, so no later sync
    /// brings them to the disk. Commits that follow them in the log, or a copy of them in the database, would be lost or torn by
    /// a power cut. Written again, they are like new.
    /// </remarks>
    /// <exception cref="IOException">The log cannot be written or synced.</exception>
    public static void RewriteLog(string path)
    {
        string log = path + "-wal";
        if (!File.Exists(log))
        {
            return; // the last run ended in order, or there was none
        }

        using SafeFileHandle file = File.OpenHandle(log, FileMode.Open, FileAccess.ReadWrite);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        int read;
        for (long at = 0; (read = RandomAccess.Read(file, buffer, at)) > 0; at += read)
        {
            RandomAccess.Write(file, buffer.AsSpan(0, read), at);
        }

        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        FileSync.Flush(file);
    }

    public static Connection OpenWriter(string path, ILogger logger)
    {
        OwnerOnly.MakeFile(path); // it holds secrets; SQLite would let everybody read it, and gives -wal and -shm the same mode
        Connection db = Connection.Open(path, create: true);
        try
        {
            db.SetBusyTimeout(BusyTimeout);
            Set(db, "page_size", "4096"); // before the log: it cannot change any more then
            Set(db, "journal_mode", "wal");
            Configure(db, cacheKiB: 16 * 1024);
            Set(db, "temp_store", "2"); // in memory: deleted bytes are not to linger in temporary files
            Migrate(db, logger);
            db.CountWalPages();
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    public static Connection OpenReader(string path)
    {
        Connection db = Connection.Open(path, create: false);
        try
        {
            db.SetBusyTimeout(BusyTimeout);
            db.KeepLogOnClose();
            Configure(db, cacheKiB: 8 * 1024);
            Set(db, "query_only", "1");
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>Counts this start, durably, before a blob id could be minted in it.</summary>
    public static RunRecord BeginRun(Connection db, ILogger logger)
    {
        db.Execute("BEGIN IMMEDIATE");
        RunRecord run;
        using (Statement read = db.Prepared("SELECT starts, clean, last_minted, (SELECT max(id) FROM object) FROM run"))
        {
            read.Step();
            UInt128 minted = read.IsNull(2) ? 0 : read.Number128(2);
            UInt128 stored = read.IsNull(3) ? 0 : read.Number128(3);
            run = new RunRecord((uint)read.Integer(0) + 1, read.Flag(1), new ObjectId(UInt128.Max(minted, stored)));
        }

        db.Execute("UPDATE run SET starts = starts + 1, clean = 0");
        db.Execute("COMMIT");
        if (!run.EndedCleanly)
        {
            Log.EndedUncleanly(logger);
        }

        Log.Opened(logger, SqliteLibrary.Version, run.Start);
        return run;
    }

    /// <summary>Notes that the run ended in order. The log is copied and removed when the connection is closed after this.</summary>
    public static void Close(Connection db, ObjectId lastMinted, ILogger logger)
    {
        try
        {
            using (Statement note = db.Prepared("UPDATE run SET clean = 1, last_minted = ?"))
            {
                note.Bind(1, lastMinted.Value).Run();
            }

            db.Checkpoint(NativeSqlite.CheckpointTruncate);
        }
        catch (SqliteFailure failed)
        {
            Log.NotClosedCleanly(logger, failed); // the next start recovers, as after a crash
        }
    }

    private static void Configure(Connection db, int cacheKiB)
    {
        Set(db, "synchronous", "2"); // FULL
        Set(db, "secure_delete", "1");
        Set(db, "foreign_keys", "1");
        Set(db, "cache_size", string.Create(CultureInfo.InvariantCulture, $"-{cacheKiB}"));
        Set(db, "mmap_size", "0"); // a disk error would be a signal instead of an error
        Set(db, "wal_autocheckpoint", "0");
        if (OperatingSystem.IsMacOS())
        {
            Set(db, "fullfsync", "1");
            Set(db, "checkpoint_fullfsync", "1");
        }
    }

    /// <summary>Sets a pragma and reads it back, because builds of the library differ and unknown ones are ignored.</summary>
    private static void Set(Connection db, string pragma, string value)
    {
        db.Execute($"PRAGMA {pragma} = {value}");
        string? now = db.Scalar($"PRAGMA {pragma}");
        bool isOff = now is null && value == "0"; // a build without memory mapping answers nothing
        if (now != value && !isOff)
        {
            throw new SqliteCatalogException($"the system's SQLite does not take PRAGMA {pragma} = {value} (it says {now ?? "nothing"})");
        }
    }

    private static void Migrate(Connection db, ILogger logger)
    {
        var scripts = Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();

        db.Execute("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
        int version = SchemaVersion(db);
        if (version > scripts.Count)
        {
            db.Execute("ROLLBACK");
            throw new SqliteCatalogException(
                $"the data is of schema {version}, newer than this program, which knows {scripts.Count}; start a newer coffer, or restore a backup");
        }

        foreach (string script in scripts.Skip(version))
        {
            using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(script)!);
            db.Execute(reader.ReadToEnd());
        }

        if (version < scripts.Count)
        {
            db.Execute(string.Create(
                CultureInfo.InvariantCulture, $"DELETE FROM schema_version; INSERT INTO schema_version VALUES ({scripts.Count})"));
            Log.Migrated(logger, version, scripts.Count);
        }

        db.Execute("COMMIT");
    }

    private static int SchemaVersion(Connection db) =>
        int.Parse(db.Scalar("SELECT ifnull(max(version), 0) FROM schema_version")!, CultureInfo.InvariantCulture);
}
