namespace Coffer.Dialects.Storage;

/// <summary>The form of a path: fixed words, then perhaps a bucket, then perhaps a key or one more word.</summary>
internal sealed class StorageRoute
{
    private readonly bool _hasBucket;
    private readonly bool _hasKey;
    private readonly string _end;

    private StorageRoute(string words, bool hasBucket, bool hasKey, string end) =>
        (Words, _hasBucket, _hasKey, _end) = (words, hasBucket, hasKey, end);

    /// <summary>The fixed words that it begins with.</summary>
    public string Words { get; }

    /// <param name="pattern">Such as <c>/object/info/{bucket}/{key}</c>, <c>/bucket/{bucket}/empty</c> or <c>/upload/resumable/{id}</c>.</param>
    public static StorageRoute Parse(string pattern)
    {
        const string key = "/{key}";
        int variable = pattern.IndexOf("/{", StringComparison.Ordinal);
        if (variable < 0)
        {
            return new StorageRoute(pattern, hasBucket: false, hasKey: false, "");
        }

        string rest = pattern[(pattern.IndexOf('}', StringComparison.Ordinal) + 1)..];
        return new StorageRoute(pattern[..variable], hasBucket: true, hasKey: rest == key, rest == key ? "" : rest);
    }

    /// <summary>Whether a path has this form. A key may be empty here, and hold anything; a slash at the end of other paths is ignored.</summary>
    /// <param name="path">As it was sent, without prefix and query.</param>
    /// <param name="bucket">The bucket, or the id of an upload, as it was sent; empty where the form has none.</param>
    /// <param name="key">As it was sent; empty where the form has none.</param>
    public bool Matches(ReadOnlySpan<char> path, out ReadOnlySpan<char> bucket, out ReadOnlySpan<char> key)
    {
        bucket = key = default;
        if (!path.StartsWith(Words, StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> rest = path[Words.Length..];
        if (!_hasBucket)
        {
            return rest is "" or "/";
        }

        if (rest is not ['/', not '/', ..])
        {
            return false;
        }

        rest = rest[1..];
        int slash = rest.IndexOf('/');
        if (_hasKey)
        {
            if (slash < 0)
            {
                return false;
            }

            bucket = rest[..slash];
            key = rest[(slash + 1)..];
            return true;
        }

        bucket = slash < 0 ? rest : rest[..slash];
        ReadOnlySpan<char> end = rest[bucket.Length..];
        return end.SequenceEqual(_end) || (end.Length == _end.Length + 1 && end[^1] == '/' && end[..^1].SequenceEqual(_end));
    }
}
