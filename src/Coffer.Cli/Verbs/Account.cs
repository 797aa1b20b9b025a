using System.CommandLine;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer account …</c>: the tenants of a server, for its operator.</summary>
internal static class Account
{
    public static Command Command() => new("account", "Make and list accounts; needs the operator key.")
    {
        AccountCreate.Command(), AccountList.Command(),
    };
}
