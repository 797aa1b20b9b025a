using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Coffer.Catalog.Sqlite;

/// <summary>Mints object ids that only grow, also when the clock is set back.</summary>
/// <param name="last">The highest id known from earlier runs.</param>
internal sealed class ObjectIdMint(ObjectId last, TimeProvider time, ILogger logger)
{
    private const long LongestLeadMs = 3_600_000;

    private readonly Lock _gate = new();
    private ObjectId _last = last;

    public ObjectId Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    public ObjectId Mint()
    {
        long nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        ObjectId fresh = ObjectId.Make(nowMs);
        lock (_gate)
        {
            long leadMs = _last.CreatedAtMs - nowMs;
            if (leadMs > LongestLeadMs)
            {
                Log.LeadGivenUp(logger, leadMs / 60_000);
            }
            else if (fresh <= _last)
            {
                fresh = After(_last);
            }

            return _last = fresh;
        }
    }

    /// <summary>A step of 64 random bits: in 80 bits there is room for thousands before the milliseconds move on.</summary>
    private static ObjectId After(ObjectId id)
    {
        Span<byte> step = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(step);
        return new ObjectId(id.Value + 1 + BinaryPrimitives.ReadUInt64BigEndian(step));
    }
}
