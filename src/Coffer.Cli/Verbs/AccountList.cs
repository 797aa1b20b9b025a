using System.CommandLine;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer account list</c>: every account of the server.</summary>
internal static class AccountList
{
    public static Command Command() => new Verb("list", "List every account of the server.", "coffer account list").Runs(async session =>
    {
        using ResultList<AccountView> list = session.Out.List(Shapes.Accounts);
        foreach (AccountView account in await session.OperatorClient.Admin.ListAccountsAsync(cancellationToken: session.Cancelled))
        {
            list.Add(account);
        }

        list.Complete();
    });
}
