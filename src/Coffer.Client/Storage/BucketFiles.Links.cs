namespace Coffer.Client;

public partial class BucketFiles
{
    /// <summary>Where a file of a public bucket is. Makes no call: neither the file nor the bucket is looked for.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="options">What the link does; null for showing the file.</param>
    public virtual string GetPublicUrl(string path, StorageLinkOptions? options = null) =>
        StorageLinks.Public(Calls.BaseUrl, BucketId, path, options);

    /// <summary>Makes a link by which anyone may read a file, without a key, until it expires.</summary>
    /// <param name="path">The file's key.</param>
    /// <param name="expiresIn">How long the link works, at least a second; rounded up to whole ones.</param>
    /// <param name="options">What the link does; null for showing the file.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The whole link. It is a secret.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is not positive.</exception>
    /// <exception cref="StorageException">404 <c>NoSuchKey</c>, also for a file that the caller may not read.</exception>
    /// <exception cref="CofferException">The answer holds no link.</exception>
    public virtual async Task<string> CreateSignedUrlAsync(
        string path, TimeSpan expiresIn, StorageLinkOptions? options = null, CancellationToken cancellationToken = default) =>
        await SignAsync(async: true, path, expiresIn, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="CreateSignedUrlAsync"/>
    public virtual string CreateSignedUrl(
        string path, TimeSpan expiresIn, StorageLinkOptions? options = null, CancellationToken cancellationToken = default) =>
        SignAsync(async: false, path, expiresIn, options, cancellationToken).Result();

    /// <summary>Makes many links at once, each with its own result: a file that is missing spoils none of the others.</summary>
    /// <param name="paths">The files' keys, from 1 to 1000.</param>
    /// <param name="expiresIn">How long the links work, at least a second; rounded up to whole ones.</param>
    /// <param name="options">What the links do; a transform has no effect here.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A link or an error for each key, in the order they were given.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is not positive.</exception>
    public virtual async Task<IReadOnlyList<SignedUrlResult>> CreateSignedUrlsAsync(
        IEnumerable<string> paths, TimeSpan expiresIn, StorageLinkOptions? options = null,
        CancellationToken cancellationToken = default) =>
        await SignManyAsync(async: true, paths, expiresIn, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="CreateSignedUrlsAsync"/>
    public virtual IReadOnlyList<SignedUrlResult> CreateSignedUrls(
        IEnumerable<string> paths, TimeSpan expiresIn, StorageLinkOptions? options = null,
        CancellationToken cancellationToken = default) =>
        SignManyAsync(async: false, paths, expiresIn, options, cancellationToken).Result();

    private async ValueTask<string> SignAsync(
        bool async, string path, TimeSpan expiresIn, StorageLinkOptions? options, CancellationToken cancellationToken)
    {
        ApiRequest request = StorageRequests.Sign(BucketId, path, expiresIn, options);
        SignedAnswer answer = await Calls.SendAsync(async, request, CofferJson.Default.SignedAnswer, cancellationToken)
            .ConfigureAwait(false);
        return string.IsNullOrEmpty(answer.SignedUrl)
            ? throw new CofferException($"{request.What}: the server's answer holds no link.")
            : StorageLinks.Signed(Calls.BaseUrl, answer.SignedUrl, options);
    }

    private async ValueTask<IReadOnlyList<SignedUrlResult>> SignManyAsync(
        bool async, IEnumerable<string> paths, TimeSpan expiresIn, StorageLinkOptions? options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paths);
        string[] asked = [.. paths];
        ApiRequest request = StorageRequests.SignMany(BucketId, asked, expiresIn, options);
        List<SignedAnswer> answers = await Calls.SendAsync(
            async, request, CofferJson.Default.ListSignedAnswer, cancellationToken).ConfigureAwait(false);
        return answers.Count == asked.Length
            ? [.. answers.Select((answer, i) => ResultOf(answer, asked[i]))]
            : throw new CofferException($"{request.What}: {answers.Count} links came for {asked.Length} files.");

        SignedUrlResult ResultOf(SignedAnswer answer, string path) =>
            string.IsNullOrEmpty(answer.SignedUrl)
                ? new(answer.Path ?? path, null, answer.Error ?? "The server gave neither a link nor an error.")
                : new(answer.Path ?? path, StorageLinks.Signed(Calls.BaseUrl, answer.SignedUrl, options), null);
    }
}
