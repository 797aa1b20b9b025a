using Coffer.Access;
using Coffer.Buckets;
using Coffer.Objects;
using Coffer.Policies;

namespace Coffer.ConformanceTests.Policies;

/// <summary>Rows as a list would look at them.</summary>
internal static class Rows
{
    public static StoredObject Of(PolicyCall call)
    {
        PolicyRow row = call.Row();
        return Of(row.Key!) with { Owner = row.Owner, MediaType = row.MediaType, SizeBytes = row.SizeBytes, Metadata = row.Metadata };
    }

    public static StoredObject Of(string key) => new()
    {
        Id = ObjectId.Make(1),
        Account = new AccountId(1),
        Bucket = new BucketId(1),
        Key = key,
        KeyId = Guid.Empty,
        KeyCreatedAtMs = 0,
        Name = key,
        State = ObjectState.ReadOnly,
        UpdatedAtMs = 0,
    };
}
