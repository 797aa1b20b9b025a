namespace Coffer.Objects;

/// <summary>Limits of the installation.</summary>
public sealed record StoreLimits
{
    /// <summary>Largest object in bytes.</summary>
    public long MaxObjectBytes { get; init; } = 50L << 30;

    /// <summary>Most objects that one call deletes when it empties a bucket.</summary>
    public long MaxEmptiedObjects { get; init; } = 200_000;

    /// <summary>Whether clients may choose keys of any Unicode text; else of the Storage API's ASCII alphabet alone.</summary>
    public bool AllowUnicodeKeys { get; init; }

    /// <summary>How long a signed upload URL lives.</summary>
    public TimeSpan UploadUrlLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long an upload that was never completed is kept after its URL ended.</summary>
    public TimeSpan AbandonedAfter { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long an upload in pieces may take, and how long its outcome can be asked for.</summary>
    public TimeSpan ResumableUploadLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a deleted object can still be asked for.</summary>
    public TimeSpan TombstoneLife { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a request id is remembered.</summary>
    public TimeSpan OnceTokenLife { get; init; } = TimeSpan.FromHours(48);

    /// <summary>How long a refusal of a policy can be explained.</summary>
    public TimeSpan DecisionLife { get; init; } = TimeSpan.FromDays(7);
}
