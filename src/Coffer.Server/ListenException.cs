namespace Coffer.Server;

/// <summary>The server could not open one of its addresses. The message is one line that says what to do.</summary>
public sealed class ListenException(string message, Exception inner) : Exception(message, inner);
