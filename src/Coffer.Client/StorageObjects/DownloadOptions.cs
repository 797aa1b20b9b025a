namespace Coffer.Client;

/// <summary>How one download goes.</summary>
public sealed class DownloadOptions
{
    /// <summary>Hears how far the download is; called on the thread that downloads.</summary>
    public IProgress<TransferProgress>? Progress { get; init; }

    /// <summary>
    /// How long the link works that the download uses; null for the server's hour. A download that runs when it expires goes
    /// on.
    /// </summary>
    public TimeSpan? LinkLifetime { get; init; }

    /// <summary>
    /// What the call for the link does differently; its timeout also limits how long the transfer may stand still.
    /// </summary>
    public RequestOptions? Request { get; init; }
}
