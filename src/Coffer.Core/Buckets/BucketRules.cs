namespace Coffer.Buckets;

/// <summary>Rules for bucket names; the same in every dialect.</summary>
public static class BucketRules
{
    public const int MaxNameLength = 100;

    /// <summary>Characters that every dialect can carry in a URL path: letters, digits and <c>._-</c>, no slash.</summary>
    /// <exception cref="StoreException">InvalidArgument.</exception>
    public static void CheckName(string name)
    {
        if (name.Length is 0 or > MaxNameLength || name is "." or ".."
            || name.Any(character => !char.IsAsciiLetterOrDigit(character) && character is not ('.' or '_' or '-')))
        {
            throw new StoreException(
                StoreErrorCode.InvalidArgument, $"a bucket name has 1 to {MaxNameLength} letters, digits, dots, hyphens and underscores");
        }
    }
}
