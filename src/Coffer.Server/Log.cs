using Microsoft.Extensions.Logging;

namespace Coffer.Server;

internal static partial class Log
{
    [LoggerMessage(EventId = 5000, Level = LogLevel.Information,
        Message = "Listening on {Addresses}; data in {DataFolder}, address and keys for the coffer command in {Credentials}")]
    public static partial void Listening(ILogger logger, string addresses, string dataFolder, string credentials);

    [LoggerMessage(EventId = 5001, Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void Configuration(ILogger logger, string warning);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Error, Message = "Request {RequestId} failed")]
    public static partial void RequestFailed(ILogger logger, string requestId, Exception exception);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Warning, Message = "Readiness of {Part} could not be told")]
    public static partial void ReadinessUnknown(ILogger logger, string part, Exception exception);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Warning, Message = "A metric could not be observed")]
    public static partial void MetricFailed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 5005, Level = LogLevel.Critical,
        Message = "The catalog can no longer promise anything; the process ends, and recovers when it is started again")]
    public static partial void CatalogFailed(ILogger logger);

    [LoggerMessage(EventId = 5021, Level = LogLevel.Information,
        Message = "Waiting up to {Seconds} s for {Transfers} running transfers; another SIGINT or SIGTERM ends them now")]
    public static partial void WaitingForTransfers(ILogger logger, int seconds, int transfers);

    [LoggerMessage(EventId = 5020, Level = LogLevel.Warning,
        Message = "The service key {Key} was revoked, so a new one was made; it is in {Path}")]
    public static partial void ServiceKeyReplaced(ILogger logger, Guid key, string path);

    [LoggerMessage(EventId = 5006, Level = LogLevel.Information, Message = "Key {Key} left the bootstrap file and is revoked")]
    public static partial void BootstrapKeyRevoked(ILogger logger, Guid key);

    [LoggerMessage(EventId = 5007, Level = LogLevel.Warning,
        Message = "Key {Key} of the bootstrap file was revoked by hand and stays revoked; give the file another token")]
    public static partial void BootstrapKeyStaysRevoked(ILogger logger, Guid key);

    [LoggerMessage(EventId = 5008, Level = LogLevel.Warning,
        Message = "Other users of this machine can reach {Path}, and its mode cannot be changed; take their rights away by hand")]
    public static partial void OpenToOthers(ILogger logger, string path);

    [LoggerMessage(EventId = 5009, Level = LogLevel.Warning,
        Message = "{Path} could not be brought up to date; the coffer command on this machine may find a wrong address or key in it")]
    public static partial void CredentialsNotKept(ILogger logger, string path, Exception exception);

    [LoggerMessage(EventId = 5010, Level = LogLevel.Warning,
        Message = "The token of {Key} in the bootstrap file is shorter than {ShortestToken} characters and can be guessed")]
    public static partial void BootstrapTokenShort(ILogger logger, string key, int shortestToken);

    [LoggerMessage(EventId = 5022, Level = LogLevel.Warning,
        Message = "A policy of account {Account} in the bootstrap file names the bucket {Bucket}, which does not exist; it holds once that is made")]
    public static partial void BootstrapBucketUnknown(ILogger logger, string account, string bucket);

    [LoggerMessage(EventId = 5011, Level = LogLevel.Information,
        Message = "The TLS certificate was renewed; new connections get one that is valid until {NotAfter:u}")]
    public static partial void CertificateRenewed(ILogger logger, DateTime notAfter);

    [LoggerMessage(EventId = 5012, Level = LogLevel.Warning,
        Message = "The TLS files have changed, but the certificate in use is kept: {Reason}")]
    public static partial void CertificateKept(ILogger logger, string reason);
}
