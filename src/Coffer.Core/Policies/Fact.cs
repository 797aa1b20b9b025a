using System.Globalization;

namespace Coffer.Policies;

internal enum FactKind
{
    Folder,
    FolderName,
    FileName,
    Extension,
    Name,
    OwnerId,
    BucketId,
    MimeType,
    Size,
    UserMetadata,
    Jwt,
    Role,
    Uid,
    KeyId,
    Operation,
    Header,
}

/// <summary>Something a term looks at. Its text form is the member's name in a policy.</summary>
/// <param name="Path">The rest of the name: a claim's path, a header's name.</param>
/// <param name="Index">Number of a folder, from 1.</param>
internal readonly record struct Fact(FactKind Kind, string Path = "", int Index = 0)
{
    public const string Known =
        "folder, foldername, filename, extension, name, owner_id, bucket_id, metadata.mimetype, metadata.contentLength, "
        + "user_metadata.NAME, jwt.PATH, role, uid, key_id, operation, header.NAME";

    private const int MaxPathLength = 256;
    private const string UserMetadata = "user_metadata.";
    private const string Jwt = "jwt.";
    private const string Header = "header.";

    /// <summary>Headers that carry what opens doors: a rule that looked at one would show it in explanations.</summary>
    private static readonly HashSet<string> SecretHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "authorization", "apikey", "cookie", "proxy-authorization", "x-signature", "x-api-key", "x-amz-security-token",
    };

    /// <summary>Whether it is the same for every row of one request.</summary>
    public bool IsOfCaller =>
        Kind is FactKind.Jwt or FactKind.Role or FactKind.Uid or FactKind.KeyId or FactKind.Operation or FactKind.Header;

    /// <summary>Whether only the row itself can tell it, not its address.</summary>
    public bool IsOfContent => Kind is FactKind.OwnerId or FactKind.MimeType or FactKind.Size or FactKind.UserMetadata;

    /// <summary>Whether buckets have it: what is said of a key, they have not.</summary>
    public bool IsOfBuckets => IsOfCaller || Kind is FactKind.Name or FactKind.OwnerId or FactKind.BucketId;

    /// <returns>Null when there is no such fact.</returns>
    /// <exception cref="StoreException">InvalidArgument: a header that no rule may look at.</exception>
    public static Fact? Parse(string name) => name switch
    {
        "foldername" => new Fact(FactKind.FolderName),
        "filename" => new Fact(FactKind.FileName),
        "extension" => new Fact(FactKind.Extension),
        "name" => new Fact(FactKind.Name),
        "owner_id" => new Fact(FactKind.OwnerId),
        "bucket_id" => new Fact(FactKind.BucketId),
        "metadata.mimetype" => new Fact(FactKind.MimeType),
        "metadata.contentLength" or "metadata.size" => new Fact(FactKind.Size),
        "role" => new Fact(FactKind.Role),
        "uid" => new Fact(FactKind.Uid),
        "key_id" => new Fact(FactKind.KeyId),
        "operation" => new Fact(FactKind.Operation),
        _ when WithPath(name, UserMetadata) is { } path => new Fact(FactKind.UserMetadata, path),
        _ when WithPath(name, Jwt) is { } path => new Fact(FactKind.Jwt, path),
        _ when WithPath(name, Header) is { } header => new Fact(FactKind.Header, Public(header)),
        _ => FolderOf(name),
    };

    public override string ToString() => Kind switch
    {
        FactKind.Folder => string.Create(CultureInfo.InvariantCulture, $"folder[{Index}]"),
        FactKind.FolderName => "foldername",
        FactKind.FileName => "filename",
        FactKind.Extension => "extension",
        FactKind.Name => "name",
        FactKind.OwnerId => "owner_id",
        FactKind.BucketId => "bucket_id",
        FactKind.MimeType => "metadata.mimetype",
        FactKind.Size => "metadata.contentLength",
        FactKind.UserMetadata => UserMetadata + Path,
        FactKind.Jwt => Jwt + Path,
        FactKind.Role => "role",
        FactKind.Uid => "uid",
        FactKind.KeyId => "key_id",
        FactKind.Operation => "operation",
        _ => Header + Path,
    };

    private static string? WithPath(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length && name.Length <= MaxPathLength
            ? name[prefix.Length..]
            : null;

    private static string Public(string header) => SecretHeaders.Contains(header)
        ? throw new StoreException(StoreErrorCode.InvalidArgument, $"the header {header} carries secrets, and no rule may look at it")
        : header.ToLowerInvariant();

    private static Fact? FolderOf(string name) =>
        name.StartsWith("folder[", StringComparison.Ordinal) && name[^1] == ']'
        && int.TryParse(name.AsSpan(7, name.Length - 8), NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index > 0
            ? new Fact(FactKind.Folder, Index: index)
            : null;
}
