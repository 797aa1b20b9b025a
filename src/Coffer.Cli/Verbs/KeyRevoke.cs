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
        var yes = new Option<bool>("--yes", "-y") { Description = "Revoke the key that this command itself uses, too." };
        var verb = new Verb("revoke", "End keys: no call with them succeeds any more.", "coffer key revoke 019ab1de-7c1e-7000-8a5b-3f2d1c0b9e8f") { ids, account, yes };
        return verb.Runs(async session =>
        {
            RefuseTokens(session.Value(ids));
            string? ofAccount = session.Value(account);
            if (ofAccount is null && !session.Value(yes))
            {
                await RefuseOwnAsync(session, session.Value(ids));
            }

            AdminClient admin = (ofAccount is null ? session.Client : session.OperatorClient).Admin;
            using ResultList<KeyView> revoked = session.Out.List(Shapes.Keys);
            await session.ForEachAsync(
                session.Value(ids), async id => revoked.Add(await admin.RevokeKeyAsync(id, ofAccount, cancellationToken: session.Cancelled)));
            revoked.Complete();
        });
    }

    // Said before any call and without the words that were given: a secret belongs into no log and onto no screen.
    private static void RefuseTokens(string[] ids)
    {
        if (ids.FirstOrDefault(static id => !Guid.TryParseExact(id, "D", out _)) is { } wrong)
        {
            throw new UsageException(wrong.StartsWith("coffer_", StringComparison.Ordinal)
                ? "that is a token, not an id; `coffer key list` shows ids"
                : "that is no key's id; `coffer key list` shows ids");
        }
    }

    private static async Task RefuseOwnAsync(Session session, string[] ids)
    {
        IReadOnlyList<KeyView> keys = await session.Client.Admin.ListKeysAsync(cancellationToken: session.Cancelled);
        if (keys.FirstOrDefault(key => key.IsCurrent && ids.Contains(key.Id, StringComparer.OrdinalIgnoreCase)) is { } own)
        {
            throw new UsageException(
                $"{own.Id} is the key that this command itself uses, from {session.KeySource}; switch to another one first, or add --yes");
        }
    }
}
