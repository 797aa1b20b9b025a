using System.Globalization;
using System.Text;

namespace Coffer.LocalFiles;

/// <summary>The folder that holds everything of an embedded installation. One process owns it at a time.</summary>
/// <remarks>
/// <code>
/// coffer-data/
///   coffer.lock        held by the owner for as long as it runs
///   coffer.json        settings, when someone wrote some
///   credentials.json   URL and keys for the command on this machine, 0600
///   catalog.db         the SQLite catalog, with -wal and -shm beside it
///   ballast            room that is given up when deletes meet a full disk
///   blobs/00…ff/       one file a blob
///   staging/           blobs that are being written
///   devboxes/          a folder for each devbox
///   archive-indexes/   what archives hold and where, one file an archive; made again when it is missing
/// </code>
/// </remarks>
public sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string root, FileStream @lock)
    {
        Root = root;
        _lock = @lock;
        OpenToOthers =
        [
            .. ((string[])[CatalogPath, CatalogPath + "-wal", CatalogPath + "-shm", CredentialsPath, BlobsDirectory, StagingDirectory, DevboxesDirectory,
                ArchiveIndexesDirectory])
                .Where(path => !OwnerOnly.TryNarrow(path)),
        ];
    }

    public string Root { get; }

    public string CatalogPath => Path.Combine(Root, "catalog.db");

    public string BallastPath => Path.Combine(Root, "ballast");

    public string CredentialsPath => Path.Combine(Root, "credentials.json");

    public string BlobsDirectory => Path.Combine(Root, "blobs");

    public string StagingDirectory => Path.Combine(Root, "staging");

    public string DevboxesDirectory => Path.Combine(Root, "devboxes");

    public string ArchiveIndexesDirectory => Path.Combine(Root, "archive-indexes");

    /// <summary>What of it other users of this machine can reach, because its mode could not be changed.</summary>
    public IReadOnlyList<string> OpenToOthers { get; }

    /// <summary>Makes the folder when it is absent, and takes the lock before anything in it is looked at.</summary>
    /// <exception cref="DataFolderException">Another process owns it, or it cannot be written.</exception>
    public static DataFolder Open(string path)
    {
        string root = Path.GetFullPath(path);
        try
        {
            if (!Directory.Exists(root))
            {
                OwnerOnly.MakeFolder(root);
                DirectorySync.Flush(Path.GetDirectoryName(root) ?? root);
            }

            string lockPath = Path.Combine(root, "coffer.lock");
            FileStream taken;
            try
            {
                taken = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException refused) when (refused is not DirectoryNotFoundException && File.Exists(lockPath) && IsHeld(refused))
            {
                throw new DataFolderException(
                    $"the data folder {root} is in use by another coffer process; stop that one, or start this one with another --data", refused);
            }

            try
            {
                taken.SetLength(0);
                taken.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
                DirectorySync.Flush(root);
                return new DataFolder(root, taken);
            }
            catch
            {
                taken.Dispose(); // this process may try once more
                throw;
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw DataFolderException.Of(root, refused);
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>EWOULDBLOCK from flock on Linux and macOS; a sharing violation on Windows.</summary>
    private static bool IsHeld(IOException refused) => (refused.HResult & 0xFFFF) is 11 or 35 or 32;
}

/// <summary>The data folder cannot be used; the message is one line that says what to do.</summary>
public sealed class DataFolderException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the system refused somewhere in the folder.</summary>
    public static DataFolderException Of(string root, Exception refused)
    {
        string reason = refused.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return refused is UnauthorizedAccessException
            ? new($"the data folder {root} cannot be written ({reason}); change its owner, or choose another with --data", refused)
            : new($"the data folder {root} cannot be used: {reason}; choose another with --data", refused);
    }
}
