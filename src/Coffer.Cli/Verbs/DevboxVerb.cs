using System.CommandLine;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer devbox …</c>: sandboxes with files from the store.</summary>
internal static class DevboxVerb
{
    public static Command Command() => new("devbox", "Make sandboxes with stored archives and files in them, and run commands there.")
    {
        DevboxCreate.Command(), DevboxLs.Command(), DevboxExec.Command(), DevboxCat.Command(), DevboxShutdown.Command(),
    };

    public static Argument<string> Id() => new("devbox") { Description = "The devbox's id, as `coffer devbox ls` shows it." };
}
