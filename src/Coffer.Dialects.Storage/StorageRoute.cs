namespace Coffer.Dialects.Storage;

/// <summary>The form of a path: fixed words, then perhaps a bucket, then perhaps a key or one more word.</summary>
internal sealed class StorageRoute
{
    private readonly string _words;
    private readonly bool _hasBucket;
    private readonly bool _hasKey;
    private readonly string _end;

    private StorageRoute(string words, bool hasBucket, bool hasKey, string end) =>
        (_words, _hasBucket, _hasKey, _end) = (words, hasBucket, hasKey, end);

    /// <param name="pattern">Such as <c>/object/info/{bucket}/{key}</c> or <c>/bucket/{bucket}/empty</c>.</param>
    public static StorageRoute Parse(string pattern)
    {
        const string bucket = "/{bucket}", key = "/{key}";
        int variable = pattern.IndexOf(bucket, StringComparison.Ordinal);
        if (variable < 0)
        {
            return new StorageRoute(pattern, hasBucket: false, hasKey: false, "");
        }

        string rest = pattern[(variable + bucket.Length)..];
        return new StorageRoute(pattern[..variable], hasBucket: true, hasKey: rest == key, rest == key ? "" : rest);
    }

    /// <summary>Whether a path has this form. A key may be empty here, and hold anything; a slash at the end of other paths is ignored.</summary>
    /// <param name="path">As it was sent, without prefix and query.</param>
    /// <param name="bucket">As it was sent; empty where the form has none.</param>
    /// <param name="key">As it was sent; empty where the form has none.</param>
    public bool Matches(ReadOnlySpan<char> path, out ReadOnlySpan<char> bucket, out ReadOnlySpan<char> key)
    {
        bucket = key = default;
        if (!path.StartsWith(_words, StringComparison.Ordinal))
        {
            return false;
        }

        ReadOnlySpan<char> rest = path[_words.Length..];
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
