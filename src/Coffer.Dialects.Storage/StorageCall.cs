using Coffer.Http;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage;

/// <summary>One request, and what its path says.</summary>
/// <param name="Operation">The name that policies know the operation by, such as <c>object.upload</c>.</param>
internal readonly record struct StorageCall(HttpContext Http, StorageDialect Dialect, StorageRoute Route, string Operation)
{
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The bucket in the path, decoded once. One that cannot be decoded stays as it is and names no bucket.</summary>
    public string Bucket
    {
        get
        {
            Route.Matches(StorageDialect.PathOf(Http), out ReadOnlySpan<char> bucket, out _);
            return PercentEncoding.Decode(bucket) ?? bucket.ToString();
        }
    }

    /// <summary>Bucket and key in the path, decoded once.</summary>
    /// <exception cref="StorageRefusal">InvalidKey.</exception>
    public ObjectAddress Address
    {
        get
        {
            Route.Matches(StorageDialect.PathOf(Http), out ReadOnlySpan<char> bucket, out ReadOnlySpan<char> key);
            string text = PercentEncoding.Decode(key) ?? throw StorageErrors.InvalidKey(key.ToString());
            return new ObjectAddress(PercentEncoding.Decode(bucket) ?? bucket.ToString(), StorageKey.Of(text));
        }
    }
}
