namespace Coffer.Devboxes.Execution;

/// <summary>A command as it was asked for.</summary>
/// <param name="Command">For the shell.</param>
/// <param name="CommandId">Chosen by the client: asked for again, the same command is not run again.</param>
public sealed record CommandRequest(string Command, string? CommandId = null);
