namespace Coffer.Cli;

/// <summary>Ctrl-C, after which the command that ran in a devbox was ended as well.</summary>
internal sealed class CommandEndedException(Exception interruption) : Exception(interruption.Message, interruption);
