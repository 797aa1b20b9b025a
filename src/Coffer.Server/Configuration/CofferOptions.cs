using System.Net;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Configuration;

/// <summary>Everything that can be configured; <see cref="CofferSettings.All"/> says what each setting means.</summary>
public sealed class CofferOptions
{
    public string Data { get; set; } = "./coffer-data";

    public IReadOnlyList<BindingAddress> Urls { get; set; } = [BindingAddress.Parse("http://127.0.0.1:8484")];

    public string? TlsCert { get; set; }

    public string? TlsKey { get; set; }

    /// <summary>Without a trailing slash.</summary>
    public string? PublicUrl { get; set; }

    public string? ApiKey { get; set; }

    public string? OperatorKey { get; set; }

    /// <summary>The first signs, all verify; empty when the server makes its own.</summary>
    public IReadOnlyList<string> JwtSecrets { get; set; } = [];

    /// <summary>Public keys by which tokens of the account <c>default</c> are verified too: a JSON Web Key Set.</summary>
    public string? JwtKeySet { get; set; }

    public string? SigningKey { get; set; }

    public string? Bootstrap { get; set; }

    /// <summary>Engine that keeps the rows.</summary>
    public string Catalog { get; set; } = "sqlite";

    /// <summary>Engine that keeps the bytes.</summary>
    public string Blobs { get; set; } = "disk";

    /// <summary>Null leaves the choice to the catalog engine: 48 KiB with SQLite.</summary>
    public long? InlineMaxBytes { get; set; }

    public long MaxObjectBytes { get; set; } = 50L << 30;

    /// <summary>Null: the smaller of 256 MiB and 5 % of the volume.</summary>
    public long? MinFreeBytes { get; set; }

    public long ArchiveIndexMaxBytes { get; set; } = 1L << 30;

    public TimeSpan UploadUrlLife { get; set; } = TimeSpan.FromDays(1);

    public int MaxEmptiedObjects { get; set; } = 200_000;

    /// <summary>Whether others than service keys empty buckets, of what policies let them delete.</summary>
    public bool EmptyBucketByPolicy { get; set; }

    public bool AllowUnicodeKeys { get; set; }

    /// <summary>Whether HTTP says the status of each refusal of the Storage API.</summary>
    public bool RealStatusCodes { get; set; }

    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(30);

    public IReadOnlyList<IPNetwork> TrustedProxies { get; set; } = [];

    public IReadOnlyList<string> CorsOrigins { get; set; } = [];

    /// <summary>Whether commands run in devboxes, by bubblewrap.</summary>
    public bool DevboxExec { get; set; }

    /// <summary>Host uids that devboxes get where the server is root, both ends included.</summary>
    public (int First, int Last) DevboxUids { get; set; } = (1_700_000_000, 1_700_065_535);

    /// <summary>Bytes on the disk of one devbox.</summary>
    public long DevboxMaxBytes { get; set; } = 10L << 30;

    /// <summary>Files, directories and links of one devbox.</summary>
    public int DevboxMaxFiles { get; set; } = 1_000_000;

    public TimeSpan DevboxCommandTime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>For all commands of one devbox together.</summary>
    public long DevboxMemoryBytes { get; set; } = 2L << 30;

    /// <summary>For all commands of one devbox together, threads counted too.</summary>
    public int DevboxProcesses { get; set; } = 512;

    /// <summary>Disk for the extracted archives that devboxes share, all of them together.</summary>
    public long DevboxSharedMaxBytes { get; set; } = 20L << 30;

    public bool AdminOpenOnLoopback { get; set; }

    /// <summary>Things worth saying at start that are no errors.</summary>
    public IReadOnlyList<string> Warnings { get; internal set; } = [];

    /// <summary>A transfer in which no byte moves for this long is ended. Not a setting; tests shorten it.</summary>
    internal TimeSpan IdleLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A new connection that stays silent for this long is taken for HTTP/1.1. Not a setting.</summary>
    internal TimeSpan SilenceLimit { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Where log lines go; null is the standard error stream.</summary>
    internal Stream? LogStream { get; set; }

    /// <summary>Reads the settings: a flag wins over the environment, that over coffer.json of the data folder.</summary>
    /// <param name="flags">By flag name with its dashes, such as <c>--inline-max-bytes</c>; null values count as absent.</param>
    /// <param name="environment">Looks up one environment variable.</param>
    /// <exception cref="ConfigurationException">A setting is unknown, malformed or against a rule.</exception>
    public static CofferOptions Load(IReadOnlyDictionary<string, string?> flags, Func<string, string?> environment) =>
        CofferOptionsLoader.Load(flags, environment);
}
