namespace Coffer.Client;

/// <summary>Remembers where unfinished uploads go on, so that a later call, or the next process, can finish them.</summary>
/// <remarks>
/// Called by uploads that run at the same time. A store that blocks on no more than a file implements the blocking members alone;
/// one that waits for a network implements both kinds. What it throws ends the upload.
/// </remarks>
public interface IResumeStore
{
    /// <summary>Looks an upload up.</summary>
    /// <param name="fingerprint">Which content goes to which key; up to 64 characters, letters and digits.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The address that was kept; null when there is none.</returns>
    string? Find(string fingerprint, CancellationToken cancellationToken = default);

    /// <summary>Remembers an upload that has just begun, in place of an older one.</summary>
    /// <param name="fingerprint">Which content goes to which key.</param>
    /// <param name="uploadUrl">Where it goes on.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    void Keep(string fingerprint, string uploadUrl, CancellationToken cancellationToken = default);

    /// <summary>Forgets an upload that is finished or gone; one that is not there is no mistake.</summary>
    /// <param name="fingerprint">Which content goes to which key.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    void Forget(string fingerprint, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="Find"/>
    ValueTask<string?> FindAsync(string fingerprint, CancellationToken cancellationToken = default) =>
        new(Find(fingerprint, cancellationToken));

    /// <inheritdoc cref="Keep"/>
    ValueTask KeepAsync(string fingerprint, string uploadUrl, CancellationToken cancellationToken = default)
    {
        Keep(fingerprint, uploadUrl, cancellationToken);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc cref="Forget"/>
    ValueTask ForgetAsync(string fingerprint, CancellationToken cancellationToken = default)
    {
        Forget(fingerprint, cancellationToken);
        return ValueTask.CompletedTask;
    }
}
