using System.Security.Cryptography;

namespace Coffer.Catalog.Sqlite;

/// <summary>Mints blob ids: 32 bits that number the start, 32 that count, 64 random ones.</summary>
/// <remarks>The start number tells apart what a former run announced, without a row for each announcement.</remarks>
internal sealed class BlobIdMint(uint start)
{
    private uint _count;

    public BlobId Mint()
    {
        Span<byte> random = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(random);
        uint count = Interlocked.Increment(ref _count);
        return new BlobId(((UInt128)start << 96) | ((UInt128)count << 64) | BitConverter.ToUInt64(random));
    }
}
