namespace Coffer.Cli;

/// <summary>What a script learns from <c>$?</c>.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>The server refused, or something on the way failed; some of several things may be done.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the settings do not say what is needed; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;
}
