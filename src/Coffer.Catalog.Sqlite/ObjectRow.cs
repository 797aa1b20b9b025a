using System.Buffers.Binary;

namespace Coffer.Catalog.Sqlite;

/// <summary>A row of the object table as it is stored; <see cref="At"/> gives it as it is to be seen.</summary>
/// <param name="N">The row's number, under which its inline bytes are kept.</param>
/// <param name="Stored">The row without a look at the clock.</param>
internal readonly record struct ObjectRow(long N, StoredObject Stored)
{
    /// <summary>What <see cref="Read"/> expects to be selected, in this order.</summary>
    public const string Columns = Before + "o.metadata" + Behind;

    /// <summary>As <see cref="Columns"/>, for who has no use for metadata, which may be a MiB of each row.</summary>
    public const string ColumnsWithoutMetadata = Before + "NULL" + Behind;

    /// <summary>Where a statement's own columns begin.</summary>
    public const int ColumnCount = 23;

    private const string Before =
        "o.n, o.id, o.account, o.bucket, o.key, o.key_id, o.key_created_ms, o.name, o.state, o.size_bytes, o.etag, o.class, "
        + "o.media_type, o.cache_control, o.content_encoding, ";
    private const string Behind = ", o.owner, o.public, o.updated_ms, o.read_ms, o.expires_ms, o.pieces, o.robots_tag";

    private const int PieceBytes = BlobId.SizeBytes + sizeof(long);

    /// <summary>Whether there is content and it is kept in the catalog.</summary>
    public bool IsInline { get; private init; }

    public static ObjectRow Read(Statement row)
    {
        long? size = row.IntegerOrNull(9);
        bool hasPieces = !row.IsNull(21);
        return new ObjectRow(row.Integer(0), new StoredObject
        {
            Id = new ObjectId(row.Number128(1)),
            Account = new AccountId(row.Integer(2)),
            Bucket = new BucketId(row.Integer(3)),
            Key = row.Text(4),
            KeyId = row.Guid(5),
            KeyCreatedAtMs = row.Integer(6),
            Name = row.Text(7),
            State = (ObjectState)row.Integer(8),
            SizeBytes = size,
            ETag = row.TextOrNull(10),
            Class = (ContentClass)row.Integer(11),
            MediaType = row.SharedTextOrNull(12),
            CacheControl = row.SharedTextOrNull(13),
            ContentEncoding = row.TextOrNull(14),
            Metadata = row.TextOrNull(15) is { } json ? ObjectMetadata.FromStored(json) : null,
            Owner = row.TextOrNull(16),
            IsPublic = row.Flag(17),
            UpdatedAtMs = row.Integer(18),
            LastReadAtMs = row.IntegerOrNull(19),
            ExpiresAtMs = row.IntegerOrNull(20),
            RobotsTag = row.TextOrNull(22),
            Pieces = hasPieces ? UnpackPieces(row.Blob(21)) : [],
        })
        {
            IsInline = size is not null && !hasPieces,
        };
    }

    /// <summary>Whether the object is past its expiry without being a tombstone yet.</summary>
    public bool IsExpired(long nowMs) => Stored.State != ObjectState.Deleted && Stored.ExpiresAtMs <= nowMs;

    /// <summary>The object as of a moment: past its expiry it looks as the reaper will leave it.</summary>
    public StoredObject At(long nowMs) => IsExpired(nowMs) ? Tombstone(ExpiryTombstoneMs) : Stored;

    /// <summary>The moment of deletion that an expired object has, reaped or not.</summary>
    public long ExpiryTombstoneMs => Math.Max(Stored.UpdatedAtMs, Stored.ExpiresAtMs ?? 0);

    public StoredObject Tombstone(long deletedMs) => Stored with
    {
        State = ObjectState.Deleted,
        SizeBytes = null,
        ETag = null,
        Pieces = [],
        UpdatedAtMs = deletedMs,
    };

    public static byte[] PackPieces(IReadOnlyList<BlobPiece> pieces)
    {
        var packed = new byte[pieces.Count * PieceBytes];
        Span<byte> rest = packed;
        foreach (BlobPiece piece in pieces)
        {
            piece.Blob.Write(rest);
            BinaryPrimitives.WriteInt64BigEndian(rest[BlobId.SizeBytes..], piece.SizeBytes);
            rest = rest[PieceBytes..];
        }

        return packed;
    }

    private static BlobPiece[] UnpackPieces(ReadOnlySpan<byte> packed)
    {
        var pieces = new BlobPiece[packed.Length / PieceBytes];
        for (int i = 0; i < pieces.Length; i++)
        {
            pieces[i] = new BlobPiece(
                BlobId.Read(packed), BinaryPrimitives.ReadInt64BigEndian(packed[BlobId.SizeBytes..]));
            packed = packed[PieceBytes..];
        }

        return pieces;
    }
}
