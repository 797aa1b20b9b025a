using System.Globalization;
using Coffer.Catalog.Sqlite.Binding;
using Coffer.LocalFiles;
using Microsoft.Win32.SafeHandles;

namespace Coffer.Catalog.Sqlite;

/// <summary>Writes a catalog anew, without the room that deletes have left in it. The caller owns its data folder.</summary>
/// <remarks>
/// The new file is whole, checked and synced before it takes the name of the old one, and the old one's log is gone by then: it would be
/// taken for the new one's. A power cut leaves one or the other. <c>VACUUM</c> in place would hold all of it in memory, where temporary
/// files are kept so that deleted bytes do not linger.
/// </remarks>
public static class CatalogCompaction
{
    /// <returns>Size of the file in bytes, before and after.</returns>
    /// <exception cref="SqliteCatalogException">It cannot be read or is damaged, or there is no room for the new file. The old one stays.</exception>
    public static (long BeforeBytes, long AfterBytes) Run(string path, ILogger logger)
    {
        string made = MadeBeside(path);
        try
        {
            RemoveLeftover(path);
            CatalogFile.RewriteLog(path);
            using (Connection db = CatalogFile.OpenWriter(path, logger))
            {
                db.Checkpoint(NativeSqlite.CheckpointTruncate);
                OwnerOnly.MakeFile(made);
                db.Execute($"VACUUM INTO '{made.Replace("'", "''", StringComparison.Ordinal)}'");
            }

            (long before, long after) = (new FileInfo(path).Length, new FileInfo(made).Length);
            Replace(path, made);
            return (before, after);
        }
        catch (Exception failed) when (failed is SqliteFailure or IOException or UnauthorizedAccessException)
        {
            File.Delete(made);
            throw new SqliteCatalogException(
                string.Create(CultureInfo.InvariantCulture, $"the catalog {path} could not be written anew and is as it was: {failed.Message}"), failed);
        }
    }

    /// <summary>Removes the new file of a run that was cut off: it takes room, and holds bytes that are deleted later.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    internal static bool RemoveLeftover(string path)
    {
        string made = MadeBeside(path);
        if (!File.Exists(made))
        {
            return false;
        }

        File.Delete(made);
        return true;
    }

    private static string MadeBeside(string path) => path + ".compact";

    private static void Replace(string path, string made)
    {
        if (File.Exists(path + "-wal"))
        {
            throw new IOException("its log could not be copied into it");
        }

        using (Connection check = Connection.Open(made, create: false))
        {
            if (check.Scalar("PRAGMA quick_check") is not "ok" and var fault)
            {
                throw new IOException($"the new file is damaged: {fault}");
            }
        }

        using (SafeFileHandle file = File.OpenHandle(made, FileMode.Open, FileAccess.ReadWrite))
        {
            FileSync.Flush(file); // not every SQLite syncs what VACUUM INTO makes
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        DirectorySync.Flush(folder); // that the log is gone, before another file has the name that it belongs to
        DirectorySync.Rename(made, path);
        DirectorySync.Flush(folder);
    }
}
