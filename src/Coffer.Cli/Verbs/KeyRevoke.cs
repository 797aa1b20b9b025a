using System.CommandLine;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer key revoke ID…</c>: ends keys.</summary>
internal static class KeyRevoke
{
    public static Command Command()
    {
        var ids = new Argument<string[]>("id")
        {
            Description = "The keys' ids, as `coffer key list` shows them; never a token.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> account = Key.AccountOption();
        var verb = new Verb("revoke", "End keys: no call with them succeeds any more.", "coffer key revoke 019ab1de-7c1e-7000-8a5b-3f2d1c0b9e8f") { ids, account };
        return verb.Runs(async session =>
        {
            string? ofAccount = session.Value(account);
            AdminClient admin = (ofAccount is null ? session.Client : session.OperatorClient).Admin;
            using ResultList<KeyView> revoked = session.Out.List(Shapes.Keys);
            await session.ForEachAsync(
                session.Value(ids), async id => revoked.Add(await admin.RevokeKeyAsync(id, ofAccount, cancellationToken: session.Cancelled)));
            revoked.Complete();
        });
    }
}
