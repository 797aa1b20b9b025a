using System.CommandLine;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer key …</c>: the keys by which programs get in.</summary>
internal static class Key
{
    public static Command Command() => new("key", "Make, list and revoke API keys.")
    {
        KeyCreate.Command(), KeyList.Command(), KeyRevoke.Command(),
    };

    /// <summary>Names the account that a key is of, when it is not the caller's own.</summary>
    public static Option<string?> AccountOption() => new("--account")
    {
        Description = "An account by name; needs the operator key. Else the account of your own key.",
        HelpName = "name",
    };
}
