using System.CommandLine;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer policy …</c>: who may do what without a service key.</summary>
internal static class Policy
{
    public static Command Command() => new("policy", "Say who may do what without a service key, and find out why something was refused.")
    {
        PolicySet.Command(), PolicyShow.Command(), PolicyTest.Command(), PolicyRemove.Command(), PolicyExplain.Command(),
    };

    /// <summary>Names the account that policies are of, when it is not the caller's own.</summary>
    public static Option<string?> AccountOption() => new("--account")
    {
        Description = "An account by name; needs the operator key. Else the account of your own key.",
        HelpName = "name",
    };
}
