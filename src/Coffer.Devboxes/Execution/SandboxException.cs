namespace Coffer.Devboxes.Execution;

/// <summary>Commands cannot be run in a sandbox here; the message is one line that says what to do.</summary>
public sealed class SandboxException(string message, Exception? inner = null) : Exception(message, inner);
