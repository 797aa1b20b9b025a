#pragma warning disable CS9113, MA0025
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.Access;

/// <summary>The right to read one object, found genuine and in time. Only <see cref="LinkTokens"/> makes one.</summary>
public sealed class DownloadLink
{
    internal DownloadLink(ObjectAddress address, AccountId account, long expiresAtMs) => (Address, Account, ExpiresAtMs) = (address, account, expiresAtMs);

    public ObjectAddress Address { get; }

    /// <summary>The account whose secret signed it; the bucket must be of it.</summary>
    public AccountId Account { get; }

    public long ExpiresAtMs { get; }
}

/// <summary>The right to write one object, found genuine and in time. Only <see cref="LinkTokens"/> makes one.</summary>
public sealed class UploadLink
{
    internal UploadLink(ObjectAddress address, AccountId account, string? owner, bool upsert, long expiresAtMs) =>
        (Address, Account, Owner, Upsert, ExpiresAtMs) = (address, account, owner, upsert, expiresAtMs);

    public ObjectAddress Address { get; }

    public AccountId Account { get; }

    /// <summary>Who had it signed; owns what is uploaded.</summary>
    public string? Owner { get; }

    public bool Upsert { get; }

    public long ExpiresAtMs { get; }
}

/// <summary>
/// Signs and checks the tokens of signed URLs of the Storage API: JSON Web Tokens (HS256) under the secret of the bucket's account,
/// with the claims <c>url</c>, <c>scope</c>, <c>upsert</c>, <c>owner</c>, <c>iat</c>, <c>exp</c>.
/// </summary>
public sealed class LinkTokens(ICatalog catalog)
{
    /// <exception cref="StoreException">BucketNotFound.</exception>
    public ValueTask<string> SignDownloadAsync(ObjectAddress address, long expiresAtMs, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <exception cref="StoreException">BucketNotFound.</exception>
    public ValueTask<string> SignUploadAsync(ObjectAddress address, string? owner, bool upsert, long expiresAtMs, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <param name="address">What the request's path says, decoded once.</param>
    /// <exception cref="StoreException">TokenInvalid (with the verifier's text), SignatureInvalid when it is for another object or use.</exception>
    public ValueTask<DownloadLink> VerifyDownloadAsync(string token, ObjectAddress address, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <param name="address">What the request says; null when the token alone says it.</param>
    /// <exception cref="StoreException">As <see cref="VerifyDownloadAsync"/>.</exception>
    public ValueTask<UploadLink> VerifyUploadAsync(string token, ObjectAddress? address, CancellationToken cancellationToken) => throw new NotImplementedException();
}
