namespace Coffer.Blobs;

/// <summary>Files that are made from a blob, can be made again, and are gone with it.</summary>
public interface IBlobCompanions
{
    /// <summary>Removes what was made from a blob that is gone. Nothing to remove is no error.</summary>
    void Remove(BlobId id);

    /// <summary>The blobs that something is kept of.</summary>
    IEnumerable<BlobId> List();
}
