namespace Coffer.Client;

/// <summary>What an object that is uploaded gets besides its name and bytes, and how the upload goes.</summary>
public class UploadOptions
{
    /// <summary>
    /// Names, in the <see cref="Exception.Data"/> of a failed upload, the id of the object that could not be deleted again.
    /// </summary>
    public const string LeftBehind = "Coffer.LeftBehind";

    /// <summary>Pairs of your own; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// Lifetime, counted from creation; null or zero means without end. See <see cref="ObjectCreateRequest.TimeToLive"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan? TimeToLive { get; init => field = Lifetime.NotNegative(value); }

    /// <summary>Whether anyone may read the object once it is complete; null leaves it private. Coffer only.</summary>
    public bool? IsPublic { get; init; }

    /// <summary>Hears how far the transfer is; called on the thread that uploads.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>
    /// Whether an object whose upload fails or is cancelled is deleted again, as far as that succeeds. By default it is left as
    /// it is, UPLOADING, and the server gives it up later. Where deleting fails too, the exception's <see cref="Exception.Data"/>
    /// holds the id under <see cref="LeftBehind"/>.
    /// </summary>
    public bool DeleteOnFailure { get; init; }

    /// <summary>
    /// What the create call does differently; its timeout also limits how long the transfer may stand still. The complete call
    /// follows the client's settings.
    /// </summary>
    public RequestOptions? Request { get; init; }
}
