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
    internal UploadLink(ObjectAddress address, AccountId account, string? owner, bool upsert, long expiresAtMs) =>
        (Address, Account, Owner, Upsert, ExpiresAtMs) = (address, account, owner, upsert, expiresAtMs);

    public ObjectAddress Address { get; }

    /// <summary>The account whose secret signed it; the bucket must be of it.</summary>
    public AccountId Account { get; }

    /// <summary>Who had it signed; owns what is uploaded.</summary>
    public string? Owner { get; }

    public bool Upsert { get; }

    public long ExpiresAtMs { get; }
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

    /// <exception cref="StoreException">BucketNotFound.</exception>
    public async ValueTask<string> SignDownloadAsync(ObjectAddress address, long expiresAtMs, CancellationToken cancellationToken)
    {
        Account account = await SignerOfAsync(address, cancellationToken);
        return JsonWebToken.Sign(account.JwtSecrets![0], json => WriteClaims(json, address, Download, expiresAtMs));
    }

    /// <param name="owner">Subject of who has it signed; null for none.</param>
    /// <exception cref="StoreException">BucketNotFound.</exception>
    public async ValueTask<string> SignUploadAsync(
        ObjectAddress address, string? owner, bool upsert, long expiresAtMs, CancellationToken cancellationToken)
    {
        Account account = await SignerOfAsync(address, cancellationToken);
        return JsonWebToken.Sign(account.JwtSecrets![0], json =>
        {
            WriteClaims(json, address, Upload, expiresAtMs);
            json.WriteString("owner"u8, owner);
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
            AddressOf(genuine, address), account.Id, owner, saysUpsert && upsert.ValueKind is JsonValueKind.True, ExpiryOf(genuine));
    }

    /// <summary>Whether claims are those of a signed URL, which is no session.</summary>
    internal static bool IsLink(JsonElement claims) =>
        claims.TryGetProperty("url"u8, out _) && (claims.TryGetProperty("scope"u8, out _) || claims.TryGetProperty("upsert"u8, out _)
            || !claims.TryGetProperty("role"u8, out _));

    private static void WriteClaims(Utf8JsonWriter json, ObjectAddress address, string scope, long expiresAtMs)
    {
        json.WriteString("url"u8, address.ToString());
        json.WriteString("scope"u8, scope);
        json.WriteNumber("iat"u8, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        json.WriteNumber("exp"u8, expiresAtMs / 1000);
    }

    private async ValueTask<Account> SignerOfAsync(ObjectAddress address, CancellationToken cancellationToken)
    {
        Bucket bucket = await catalog.FindBucketAsync(address.Bucket, cancellationToken)
            ?? throw new StoreException(StoreErrorCode.BucketNotFound, "there is no such bucket");
        Account account = (await catalog.FindAccountAsync(bucket.Account, cancellationToken))!;
        return account.JwtSecrets is { Count: > 0 }
            ? account
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
        TokenVerifier.RequireInTime(token, catalog.NowMs);
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
        TokenVerifier.Seconds(token, "exp") is { } seconds and < long.MaxValue / 1000 ? (long)(seconds * 1000) : long.MaxValue;

    private static StoreException WrongScope(string use) => new(StoreErrorCode.SignatureInvalid, $"Token is not scoped for {use}");
}
