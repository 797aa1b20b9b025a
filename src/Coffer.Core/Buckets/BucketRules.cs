using Coffer.Access;
using Coffer.Objects;

namespace Coffer.Buckets;

/// <summary>Rules for buckets and for what goes into them; the same in every dialect.</summary>
public static class BucketRules
{
    public const int MaxNameLength = 100;
    private const int MaxMediaTypeLength = 1000;

    /// <summary>Kept by Storage servers for buckets of tables.</summary>
    private const string ReservedSuffix = "--table-s3";

    /// <summary>The characters of a key (<see cref="ObjectRules.CheckKey"/>) but the slash, which ends a bucket's name in a URL.</summary>
    /// <exception cref="StoreException">InvalidBucketName.</exception>
    public static void CheckName(string name)
    {
        bool wellFormed = name.Length is > 0 and <= MaxNameLength
            && name.All(character => character != '/' && ObjectRules.IsKeyCharacter(character))
            && name is not ("." or "..") && name[0] != ' ' && name[^1] != ' '
            && !name.EndsWith(ReservedSuffix, StringComparison.Ordinal);
        if (!wellFormed)
        {
            throw new StoreException(
                StoreErrorCode.InvalidBucketName,
                $"a bucket name has 1 to {MaxNameLength} ASCII letters, digits, inner spaces and _!.*'()&$=@;:+,?- and does not end in {ReservedSuffix}");
        }
    }

    /// <summary>Refuses names that an account's bucket for the Objects dialect may need one day.</summary>
    /// <exception cref="StoreException">InvalidBucketName.</exception>
    public static void CheckUnreserved(string name)
    {
        string begin = Account.ObjectsBucketName("");
        if (name.StartsWith(begin, StringComparison.Ordinal) && Accounts.IsName(name[begin.Length..]))
        {
            throw new StoreException(
                StoreErrorCode.InvalidBucketName, $"bucket names that begin with '{begin}' are kept for what accounts make through the Objects API");
        }
    }

    /// <exception cref="StoreException">InvalidArgument; TooLarge when it is above the installation's limit.</exception>
    public static void CheckSizeLimit(long? bytes, StoreLimits limits)
    {
        if (bytes < 0)
        {
            throw new StoreException(StoreErrorCode.InvalidArgument, "a bucket's size limit is 0 bytes or more");
        }

        if (bytes > limits.MaxObjectBytes)
        {
            throw new StoreException(
                StoreErrorCode.TooLarge, $"a bucket's size limit is at most the installation's, {limits.MaxObjectBytes} bytes");
        }
    }

    /// <summary>Leaves out empty entries.</summary>
    /// <returns>Null for a list that restricts nothing.</returns>
    /// <exception cref="StoreException">InvalidMediaType: neither a media type nor the beginning of one and a star.</exception>
    public static IReadOnlyList<string>? CheckMediaTypes(IReadOnlyList<string>? allowed)
    {
        string[] named = [.. (allowed ?? []).Where(entry => entry.Length > 0)];
        foreach (string entry in named)
        {
            if (entry.Length > MaxMediaTypeLength || entry.Any(char.IsControl) || !(entry.EndsWith('*') || MediaTypes.IsPlain(entry)))
            {
                throw NotTaken(entry);
            }
        }

        return named.Length == 0 ? null : named;
    }

    /// <summary>Most bytes that an object under this key may have.</summary>
    public static long MaxBytes(Bucket bucket, string key, StoreLimits limits) => ObjectRules.IsFolderPlaceholder(key)
        ? 0
        : Math.Min(bucket.SizeLimitBytes ?? long.MaxValue, limits.MaxObjectBytes);

    /// <summary>Judges what a bucket is to hold by the bucket's own rules.</summary>
    /// <param name="sizeBytes">Null when it is not known.</param>
    /// <param name="isTypeOpen">Whether the media type may still be said; one that was not is then not judged.</param>
    /// <exception cref="StoreException">InvalidMediaType, TooLarge.</exception>
    public static void CheckFits(
        Bucket bucket, string key, string? mediaType, long? sizeBytes, StoreLimits limits, bool isTypeOpen = false)
    {
        string given = mediaType ?? MediaTypes.Unknown;
        bool isTypeJudged = mediaType is not null || !isTypeOpen;
        if (isTypeJudged && bucket.AllowedMediaTypes is { } allowed && !ObjectRules.IsFolderPlaceholder(key)
            && !allowed.Any(entry => Covers(entry, given)))
        {
            throw NotTaken(given);
        }

        long most = MaxBytes(bucket, key, limits);
        if (sizeBytes > most)
        {
            throw new StoreException(StoreErrorCode.TooLarge, $"the object has {sizeBytes} bytes; the bucket takes {most}");
        }
    }

    /// <summary>Whether an entry of a list covers a media type: letter case and parameters count for nothing, a star ends a beginning.</summary>
    private static bool Covers(string entry, string mediaType)
    {
        string essence = MediaTypes.Essence(mediaType);
        return entry switch
        {
            "*/*" => true,
            [.. var beginning, '*'] => essence.StartsWith(beginning, StringComparison.OrdinalIgnoreCase),
            _ => string.Equals(MediaTypes.Essence(entry), essence, StringComparison.Ordinal),
        };
    }

    private static StoreException NotTaken(string mediaType) => new(
        StoreErrorCode.InvalidMediaType, $"mime type {mediaType} is not supported");
}
