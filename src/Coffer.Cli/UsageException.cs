namespace Coffer.Cli;

/// <summary>The command line or the settings are not enough to begin; the message says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The work cannot be done, for a reason of this machine; the message says what to do.</summary>
internal sealed class RefusedException(string message) : Exception(message);
