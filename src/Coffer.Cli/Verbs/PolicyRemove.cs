using System.CommandLine;
using System.Globalization;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer policy remove NAME…</c>, or <c>--all</c>.</summary>
internal static class PolicyRemove
{
    public static Command Command()
    {
        var names = new Argument<string[]>("name")
        {
            Description = "Policies' names, as `coffer policy show` has them.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var all = new Option<bool>("--all") { Description = "Remove all policies of the account." };
        Option<string?> account = Policy.AccountOption();
        var verb = new Verb("remove", "Remove policies: what they allowed is refused at once.", "coffer policy remove 'own-folder: avatars'") { names, all, account };
        return verb.Runs(async session =>
        {
            if (session.Value(all) == session.Value(names).Length > 0)
            {
                throw new UsageException("name the policies to remove, or say --all; `coffer policy show` has their names");
            }

            string? ofAccount = session.Value(account);
            AdminClient admin = (ofAccount is null ? session.Client : session.OperatorClient).Admin;
            long removed = 0;
            if (session.Value(all))
            {
                removed = (await admin.RemovePoliciesAsync(name: null, ofAccount, cancellationToken: session.Cancelled)).Removed;
            }

            await session.ForEachAsync(session.Value(names), async name =>
            {
                PolicyChangeView change = await admin.RemovePoliciesAsync(name, ofAccount, cancellationToken: session.Cancelled);
                removed += change.Removed > 0 ? change.Removed : throw new RefusedException($"there is no policy '{name}'; `coffer policy show` has their names");
            });
            session.Out.One(
                bare: null,
                [("Removed", removed.ToString(CultureInfo.InvariantCulture))],
                json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("removed", removed);
                    json.WriteEndObject();
                });
        });
    }
}
