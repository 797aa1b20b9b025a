using System.CommandLine;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer key list</c>: the keys of an account, revoked ones included, never their tokens.</summary>
internal static class KeyList
{
    public static Command Command()
    {
        Option<string?> account = Key.AccountOption();
        var verb = new Verb("list", "List keys, without their tokens.", "coffer key list", "coffer key list --account team-b") { account };
        return verb.Runs(async session =>
        {
            string? ofAccount = session.Value(account);
            using ResultList<KeyView> list = session.Out.List(Shapes.Keys);
            foreach (KeyView key in await (ofAccount is null ? session.Client : session.OperatorClient).Admin.ListKeysAsync(
                ofAccount, cancellationToken: session.Cancelled))
            {
                list.Add(key);
            }

            list.Complete();
        });
    }
}
