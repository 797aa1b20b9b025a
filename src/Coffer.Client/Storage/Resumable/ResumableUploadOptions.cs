namespace Coffer.Client;

/// <summary>What a file that is uploaded in pieces gets besides its bytes, and how it goes on after a break.</summary>
public sealed record ResumableUploadOptions : StorageUploadOptions
{
    /// <summary>
    /// The bytes of a piece, at least 1: 6 MiB by default, which some servers insist on. A stream that cannot seek is read into a
    /// buffer of that size.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int ChunkSizeBytes { get; init => field = AtLeastOne(value); } = 6 << 20;

    /// <summary>
    /// Where unfinished uploads are remembered; null for nowhere: then a call goes on after a break, but the next call begins
    /// anew.
    /// </summary>
    public IResumeStore? ResumeStore { get; init; }

    /// <summary>
    /// What tells this content from another of the same size; null for a local file's path. A local file's time of change always
    /// counts too. A stream without one is not remembered.
    /// </summary>
    public string? Fingerprint { get; init; }

    /// <summary>The token of a signed upload URL, by which the upload needs no key; null to use the client's key.</summary>
    public string? SignedUploadToken { get; init; }

    /// <summary>The token is a secret, so only how the upload goes.</summary>
    public override string ToString() => $"{nameof(ResumableUploadOptions)} {{ ChunkSizeBytes = {ChunkSizeBytes} }}";

    private static int AtLeastOne(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        return value;
    }
}
