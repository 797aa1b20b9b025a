using Coffer.Access;
using Coffer.Blobs;
using Coffer.Catalog;

namespace Coffer.Objects;

/// <summary>Brings rows and their bytes together.</summary>
internal sealed class ContentOpener(IBlobStore blobs, CoarseUse use)
{
    /// <param name="look">Reads the row; may be asked twice.</param>
    /// <param name="judge">Throws when the row is not to be read.</param>
    /// <exception cref="StoreException">What they throw; Corrupt.</exception>
    public async ValueTask<OpenObject> OpenAsync(
        Func<ValueTask<OpenedRow>> look, Func<OpenedRow, ValueTask> judge, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            OpenedRow row = await look();
            try
            {
                await judge(row);
                StoredObject found = row.Object;
                IBlobReader? first = found.Pieces.Count == 0 ? null : await blobs.OpenAsync(found.Pieces[0].Blob, cancellationToken);
                if (first is not null || found.Pieces.Count == 0)
                {
                    use.ObjectRead(found.Id);
                    return new OpenObject(row, first, blobs);
                }
            }
            catch
            {
                row.Dispose();
                throw;
            }

            // The row was read before a delete, the bytes looked for after their grace: a second look tells.
            row.Dispose();
            if (attempt == 2)
            {
                throw new StoreException(StoreErrorCode.Corrupt, "the bytes of this object are missing from the store");
            }
        }
    }
}
