namespace Coffer.Client;

/// <summary>Builds the addresses that people get, letter for letter as the published JavaScript client does.</summary>
internal static class StorageLinks
{
    /// <summary>Where a file of a public bucket is; nobody checks that it is there.</summary>
    public static string Public(string baseUrl, string bucket, string path, StorageLinkOptions? options)
    {
        ImageTransform? transform = options?.Transform is { IsEmpty: false } wanted ? wanted : null;
        string query = StorageKey.Query(
            [("download", options?.Download), .. transform?.Members() ?? [], ("cacheNonce", options?.CacheNonce)]);
        string route = transform is null ? "object" : "render/image";
        return $"{baseUrl}/{route}/public/{StorageRequests.Key(bucket, path)}{(query.Length > 0 ? "?" : "")}{query}";
    }

    /// <summary>A link with the server's token in it, which further members follow.</summary>
    public static string Signed(string baseUrl, string signedUrl, StorageLinkOptions? options)
    {
        string query = StorageKey.Query(("download", options?.Download), ("cacheNonce", options?.CacheNonce));
        return $"{Absolute(baseUrl, signedUrl)}{(query.Length > 0 ? "&" : "")}{query}";
    }

    /// <summary>The server gives links relative to the API, with the key as it is.</summary>
    public static string Absolute(string baseUrl, string link) =>
        $"{baseUrl}/{StorageKey.EscapedOnce(link.TrimStart('/'))}";

    /// <summary>The token in a link's query; null when there is none.</summary>
    public static string? TokenOf(string link)
    {
        const string Member = "token=";
        int query = link.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? null : link[(query + 1)..].Split('&')
            .FirstOrDefault(member => member.Length > Member.Length && member.StartsWith(Member, StringComparison.Ordinal))
            ?[Member.Length..];
    }
}
