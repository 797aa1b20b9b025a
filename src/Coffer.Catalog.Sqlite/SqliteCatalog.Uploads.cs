using Coffer.Catalog.Sqlite.Writer;
using Coffer.Uploads;

namespace Coffer.Catalog.Sqlite;

public sealed partial class SqliteCatalog
{
    public Task AddUploadAsync(ResumableUpload made, CancellationToken cancellationToken) =>
        GrowAsync(session => Done(() => session.AddUpload(made)), cancellationToken);

    public ValueTask<ResumableUpload?> FindUploadAsync(UploadId id, CancellationToken cancellationToken) =>
        ReadAsync(id, UploadRow.Find, cancellationToken);

    public Task<ResumableUpload?> FixUploadLengthAsync(UploadId id, long lengthBytes, CancellationToken cancellationToken) =>
        WriteAsync(session => session.FixUploadLength(id, lengthBytes), cancellationToken);

    public Task<bool> AdvanceUploadAsync(UploadId id, long fromBytes, long offsetBytes, CancellationToken cancellationToken) =>
        WriteAsync(session => session.AdvanceUpload(id, fromBytes, offsetBytes), cancellationToken);

    public Task<StoredObject> FinishUploadAsync(UploadId id, NewObject made, NewContent content, CancellationToken cancellationToken)
    {
        var keyId = Guid.NewGuid();
        return WriteContentAsync(
            made.Id, content, (session, body) => session.FinishUpload(id, made, keyId, content, body), cancellationToken);
    }

    public Task<bool> EndUploadAsync(UploadId id, CancellationToken cancellationToken) =>
        _queue.Add(new WriteRequest<bool>(session => session.EndUpload(id)) { FreesSpace = true }, cancellationToken);

    public Task<int> ReapUploadsAsync(int limit, CancellationToken cancellationToken) =>
        UpkeepAsync(session => session.ReapUploads(limit), freesSpace: true, cancellationToken);
}
