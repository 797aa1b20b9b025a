using System.Text.Json;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.Access;

/// <summary>The right to read one object, found genuine and in time. Only <see cref="LinkTokens"/> makes one.</summary>
public sealed class DownloadLink
{
    internal DownloadLink(ObjectAddress address, AccountId account, long expiresAtMs) =>
        (Address, Account, ExpiresAtMs) = (address, account, expiresAtMs);

    public ObjectAddress Address { get; }

    /// <summary>The account whose secret signed it; the bucket must be of it.</summary>
    public AccountId Account { get; }

    public long ExpiresAtMs { get; }
}

/// <summary>The right to write one object, found genuine and in time. Only <see cref="LinkTokens"/> makes one.</summary>
public sealed class UploadLink
{
    internal UploadLink(ObjectAddress address, AccountId account, string? owner, bool upsert) =>
        (Address, Account, Owner, Upsert) = (address, account, owner, upsert);

    public ObjectAddress Address { get; }

    /// <summary>The account whose secret signed it; the bucket must be of it.</summary>
    public AccountId Account { get; }

    /// <summary>Who had it signed; owns what is uploaded.</summary>
    public string? Owner { get; }

    public bool Upsert { get; }
}

/// <summary>
/// Signs and checks the tokens of signed URLs of the Storage API: JSON Web Tokens (HS256) under the secret of the bucket's account,
/// with the claims <c>url</c>, <c>scope</c>, <c>upsert</c>, <c>owner</c>, <c>iat</c>, <c>exp</c>. Other servers of that API with the same
/// secret make and take the same tokens.
/// </summary>
public sealed class LinkTokens(ICatalog catalog)
{
    private const string Download = "download";
    private const string Upload = "upload";

    /// <summary>One token for each address, in their order.</summary>
    /// <param name="caller">May read the objects: that was found before. Its account signs, whoever has a bucket of that name by now.</param>
    /// <exception cref="StoreException">AccessDenied for callers without an account.</exception>
    public async ValueTask<IReadOnlyList<string>> SignDownloadsAsync(
        Caller caller, IReadOnlyList<ObjectAddress> addresses, long expiresAtMs, CancellationToken cancellationToken)
    {
        string secret = await SecretOfAsync(caller, cancellationToken);
        return [.. addresses.Select(address => JsonWebToken.Sign(secret, json => WriteClaims(json, address, Download, expiresAtMs)))];
    }

    /// <param name="caller">May write the object; owns what is uploaded, and its account signs.</param>
    /// <exception cref="StoreException">AccessDenied for callers without an account.</exception>
    public async ValueTask<string> SignUploadAsync(
        Caller caller, ObjectAddress address, bool upsert, long expiresAtMs, CancellationToken cancellationToken)
    {
        string secret = await SecretOfAsync(caller, cancellationToken);
        return JsonWebToken.Sign(secret, json =>
        {
            WriteClaims(json, address, Upload, expiresAtMs);
            json.WriteString("owner"u8, caller.Subject);
            json.WriteBoolean("upsert"u8, upsert);
        });
    }

    /// <param name="address">What the request's path says, decoded once; clients that encode twice are understood.</param>
    /// <exception cref="StoreException">TokenInvalid (with the verifier's text), SignatureInvalid when it is for another object or use.</exception>
    public async ValueTask<DownloadLink> VerifyDownloadAsync(string token, ObjectAddress address, CancellationToken cancellationToken)
    {
        (JsonWebToken genuine, Account account) = await VerifyAsync(token, address.Bucket, cancellationToken);
        bool isScoped = JsonWebToken.Text(genuine.Claims, "scope") is { } scope
            ? scope == Download
            : !genuine.Claims.TryGetProperty("upsert"u8, out _); // as older servers signed
        if (!isScoped)
        {
            throw WrongScope(Download);
        }

        return new DownloadLink(AddressOf(genuine, address), account.Id, ExpiryOf(genuine));
    }

    /// <param name="address">What the request says; null when the token alone says it.</param>
    /// <exception cref="StoreException">As <see cref="VerifyDownloadAsync"/>.</exception>
    public async ValueTask<UploadLink> VerifyUploadAsync(string token, ObjectAddress? address, CancellationToken cancellationToken)
    {
        string? bucket = address?.Bucket ?? BucketSaidBy(token);
        (JsonWebToken genuine, Account account) = await VerifyAsync(token, bucket, cancellationToken);
        bool saysUpsert = genuine.Claims.TryGetProperty("upsert"u8, out JsonElement upsert);
        if (JsonWebToken.Text(genuine.Claims, "scope") is { } scope ? scope != Upload : !saysUpsert)
        {
            throw WrongScope(Upload);
        }

        string? owner = JsonWebToken.Text(genuine.Claims, "owner") is { Length: > 0 } given ? given : null;
        return new UploadLink(
            AddressOf(genuine, address), account.Id, owner, saysUpsert && upsert.ValueKind is JsonValueKind.True);
    }

    /// <summary>Whether claims are those of a signed URL, which is no session.</summary>
    internal static bool IsLink(JsonElement claims) =>
        claims.TryGetProperty("url"u8, out _) && (claims.TryGetProperty("scope"u8, out _) || claims.TryGetProperty("upsert"u8, out _)
            || !claims.TryGetProperty("role"u8, out _));

    private void WriteClaims(Utf8JsonWriter json, ObjectAddress address, string scope, long expiresAtMs)
    {
        json.WriteString("url"u8, address.ToString());
        json.WriteString("scope"u8, scope);
        json.WriteNumber("iat"u8, catalog.NowMs / 1000);
        json.WriteNumber("exp"u8, expiresAtMs / 1000);
    }

    private async ValueTask<string> SecretOfAsync(Caller caller, CancellationToken cancellationToken)
    {
        AccountId id = caller.Account ?? throw new StoreException(StoreErrorCode.AccessDenied, "signed URLs need a key of an account");
        Account? account = await catalog.FindAccountAsync(id, cancellationToken);
        return account?.JwtSecrets is [var secret, ..]
            ? secret
            : throw new StoreException(StoreErrorCode.InvalidArgument, "the account has no JWT secret to sign URLs with: start the server again, it makes one");
    }

    /// <summary>The token, found signed by the account of the bucket; of one that does not exist, by the default account.</summary>
    private async ValueTask<(JsonWebToken, Account)> VerifyAsync(string text, string? bucketName, CancellationToken cancellationToken)
    {
        JsonWebToken token = JsonWebToken.Parse(text);
        Bucket? bucket = bucketName is null ? null : await catalog.FindBucketAsync(bucketName, cancellationToken);
        Account account = (bucket is null
            ? await catalog.FindAccountAsync(Account.DefaultName, cancellationToken)
            : await catalog.FindAccountAsync(bucket.Account, cancellationToken))!;
        TokenVerifier.RequireOf(account, token);
        TokenVerifier.RequireInTime(token.Claims, catalog.NowMs);
        return (token, account);
    }

    /// <summary>The bucket that a token names: where to look for the secret, not what to believe.</summary>
    private static string? BucketSaidBy(string token) =>
        JsonWebToken.Text(JsonWebToken.Parse(token).Claims, "url") is { } url && url.IndexOf('/', StringComparison.Ordinal) is > 0 and var cut
            ? url[..cut]
            : null;

    private static ObjectAddress AddressOf(JsonWebToken token, ObjectAddress? asked)
    {
        string? url = JsonWebToken.Text(token.Claims, "url");
        int cut = url?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (url is null || cut <= 0
            || (asked is { } address && url != address.ToString() && url != Uri.UnescapeDataString(address.ToString())))
        {
            throw new StoreException(StoreErrorCode.SignatureInvalid, "Invalid signature");
        }

        return new ObjectAddress(url[..cut], url[(cut + 1)..]);
    }

    private static long ExpiryOf(JsonWebToken token) =>
        TokenVerifier.Seconds(token.Claims, "exp") is { } seconds and < long.MaxValue / 1000 ? (long)(seconds * 1000) : long.MaxValue;

    private static StoreException WrongScope(string use) => new(StoreErrorCode.SignatureInvalid, $"Token is not scoped for {use}");
}
