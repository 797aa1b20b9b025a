using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Coffer.DurabilityTests;

/// <summary>
/// A store in miniature: small objects in SQLite rows, larger ones as files that are staged, synced, renamed and
/// followed by the sync of their directory, then the row. <see cref="Slip"/> leaves out one step of it.
/// </summary>
internal sealed class TinyStore : IDisposable
{
    private const int WriteBytes = 32 * 1024;

    private readonly string _folder;
    private readonly Slip _slip;
    private readonly Database _database;

    public TinyStore(string folder, Slip slip)
    {
        (_folder, _slip) = (folder, slip);
        Directory.CreateDirectory(Path.Combine(folder, "staging"));
        Directory.CreateDirectory(Path.Combine(folder, "blobs"));
        DiskSync.FlushDirectory(Path.GetDirectoryName(folder)!);
        DiskSync.FlushDirectory(folder);
        _database = new Database(Path.Combine(folder, "tiny.db"));
        _database.Execute("PRAGMA journal_mode=WAL");
        _database.Execute("PRAGMA wal_autocheckpoint=20"); // often, so that cuts fall into checkpoints too
        _database.Execute($"PRAGMA synchronous={(slip == Slip.NormalSynchronous ? "NORMAL" : "FULL")}");
        _database.Execute("CREATE TABLE IF NOT EXISTS object (id INTEGER PRIMARY KEY, bytes BLOB)");
    }

    /// <summary>The id after the last one that has a row.</summary>
    public int NextId => (int)_database.Query("SELECT coalesce(max(id), 0) FROM object")[0].First + 1;

    /// <summary>What an object of that id holds: every third is small enough for its row.</summary>
    public static byte[] ContentOf(long id)
    {
        byte[] content = new byte[id % 3 == 0 ? 5_000 : 30_000 + (id * 7_919 % 90_000)];
        new Random((int)id).NextBytes(content);
        return content;
    }

    /// <summary>Checks a folder that lost its power: the ids found, and what is wrong with any of them.</summary>
    public static (HashSet<long> Ids, List<string> Problems) Inspect(string folder)
    {
        var ids = new HashSet<long>();
        var problems = new List<string>();
        if (!File.Exists(Path.Combine(folder, "tiny.db"))) return (ids, problems);
        using var database = new Database(Path.Combine(folder, "tiny.db"));
        if (database.Query("SELECT count(*) FROM sqlite_master WHERE name = 'object'")[0].First == 0) return (ids, problems);
        foreach ((long id, byte[]? inline) in database.Query("SELECT id, bytes FROM object"))
        {
            ids.Add(id);
            string blob = BlobPath(folder, id);
            byte[]? content = inline ?? (File.Exists(blob) ? File.ReadAllBytes(blob) : null);
            if (content is null) problems.Add($"object {id} has a row and no file");
            else if (!content.AsSpan().SequenceEqual(ContentOf(id))) problems.Add($"object {id} has wrong bytes");
        }

        return (ids, problems);
    }

    /// <summary>Stores the object; it is durable when this returns and no step slips.</summary>
    public void Put(long id, Action answer)
    {
        byte[] content = ContentOf(id);
        bool inline = id % 3 == 0;
        if (!inline && _slip != Slip.RowBeforeBytes) WriteBlob(id, content);
        if (_slip == Slip.AnswerBeforeCommit) answer();
        _database.Query(
            string.Create(CultureInfo.InvariantCulture, $"INSERT INTO object VALUES ({id}, {(inline ? "?" : "NULL")})"),
            inline ? content : default); // SQLite itself lets one thread after the other in
        if (!inline && _slip == Slip.RowBeforeBytes) WriteBlob(id, content);
        if (_slip != Slip.AnswerBeforeCommit) answer();
    }

    public void Dispose() => _database.Dispose();

    private static string BlobPath(string folder, long id) =>
        Path.Combine(folder, "blobs", id.ToString(CultureInfo.InvariantCulture));

    private void WriteBlob(long id, byte[] content)
    {
        string staged = Path.Combine(_folder, "staging", Guid.NewGuid().ToString("N"));
        using (SafeFileHandle file = File.OpenHandle(
            staged, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, content.Length))
        {
            for (int at = 0; at < content.Length; at += WriteBytes)
            {
                RandomAccess.Write(file, content.AsSpan(at, Math.Min(WriteBytes, content.Length - at)), at);
            }

            if (_slip != Slip.NoFileSync) DiskSync.Flush(file);
        }

        File.Move(staged, BlobPath(_folder, id), overwrite: true);
        if (_slip != Slip.NoDirectorySync) DiskSync.FlushDirectory(Path.Combine(_folder, "blobs"));
    }
}
