using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Coffer.Objects;

namespace Coffer.Access;

/// <summary>What a signed URL allows. The numbers are signed.</summary>
public enum SignedUse
{
    /// <summary>Give an object its bytes.</summary>
    Upload = 1,

    /// <summary>Read an object's bytes; made by its own account.</summary>
    Download = 2,

    /// <summary>Read an object's bytes for as long as it is public; made by another account.</summary>
    DownloadWhilePublic = 3,
}

/// <summary>What the parameters of a signed URL say. Anybody can say so: it opens nothing before it is verified.</summary>
public sealed record SignedUrl(SignedUse Use, ObjectId Object, long ExpiresAtMs, string Signature);

/// <summary>The right that a signed URL gives, found genuine and in time. Only <see cref="SignedUrls.Verify"/> makes one.</summary>
public sealed class VerifiedLink
{
    internal VerifiedLink(SignedUse use, ObjectId id) => (Use, Object) = (use, id);

    public SignedUse Use { get; }

    public ObjectId Object { get; }

    /// <exception cref="StoreException">SignatureInvalid: it was made for another use.</exception>
    internal void Require(params ReadOnlySpan<SignedUse> allowed)
    {
        if (!allowed.Contains(Use))
        {
            throw SignedUrls.MadeForAnotherUse();
        }
    }
}

/// <summary>
/// Signs and checks URLs that carry their own authority: HMAC-SHA256 over use, object id and expiry, under a key of its own
/// that is derived from the installation's signing key. A use stands for its verb, so no URL is valid for another one.
/// </summary>
public sealed class SignedUrls
{
    private const int MessageBytes = 1 + ObjectId.SizeBytes + 8;
    private readonly byte[] _key;

    /// <summary>Ready for the next message: setting one up takes longer than hashing so few bytes.</summary>
    private readonly ConcurrentBag<IncrementalHash> _idle = [];

    /// <param name="signingKey">At least 32 bytes.</param>
    public SignedUrls(ReadOnlySpan<byte> signingKey)
    {
        _key = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, signingKey, _key, salt: [], "coffer signed object url 1"u8);
    }

    public SignedUrl Sign(SignedUse use, ObjectId id, long expiresAtMs)
    {
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Compute(use, id, expiresAtMs, signature);
        return new SignedUrl(use, id, expiresAtMs, Base64Url.EncodeToString(signature));
    }

    /// <summary>Turns what a URL says into the right that it gives.</summary>
    /// <param name="allowed">The uses that its bearer may make of it here.</param>
    /// <exception cref="StoreException">SignatureInvalid, or SignatureExpired when only the time is over.</exception>
    public VerifiedLink Verify(SignedUrl url, long nowMs, params ReadOnlySpan<SignedUse> allowed)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes + 2];
        Compute(url.Use, url.Object, url.ExpiresAtMs, expected);
        if (url.Signature.Length != Base64Url.GetEncodedLength(expected.Length)
            || Base64Url.DecodeFromChars(url.Signature, given, out _, out int length) is not OperationStatus.Done
            || !CryptographicOperations.FixedTimeEquals(expected, given[..length]))
        {
            throw new StoreException(
                StoreErrorCode.SignatureInvalid, "the signature of this URL is wrong: it was changed, or made for another object or verb");
        }

        if (nowMs >= url.ExpiresAtMs)
        {
            throw new StoreException(StoreErrorCode.SignatureExpired, "this URL has expired; ask for a new one");
        }

        var link = new VerifiedLink(url.Use, url.Object);
        link.Require(allowed);
        return link;
    }

    internal static StoreException MadeForAnotherUse() =>
        new(StoreErrorCode.SignatureInvalid, "this URL was made for another use: an upload URL takes bytes, a download URL gives them");

    private void Compute(SignedUse use, ObjectId id, long expiresAtMs, Span<byte> signature)
    {
        Span<byte> message = stackalloc byte[MessageBytes];
        message[0] = (byte)use;
        id.Write(message[1..]);
        BinaryPrimitives.WriteInt64BigEndian(message[(1 + ObjectId.SizeBytes)..], expiresAtMs);
        IncrementalHash hmac = _idle.TryTake(out IncrementalHash? idle) ? idle : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        hmac.AppendData(message);
        hmac.GetHashAndReset(signature);
        _idle.Add(hmac);
    }
}
