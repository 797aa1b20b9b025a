using System.CommandLine;
using System.Text.Json;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer policy show</c>: the policies of an account. With <c>--json</c> they are a file for <c>policy set</c>.</summary>
internal static class PolicyShow
{
    public static Command Command()
    {
        Option<string?> account = Policy.AccountOption();
        var verb = new Verb("show", "Show policies; with --json whole, as `coffer policy set` takes them.", "coffer policy show", "coffer policy show --json > policies.json")
        {
            account,
        };
        return verb.Runs(async session =>
        {
            string? ofAccount = session.Value(account);
            PolicyList policies = await (ofAccount is null ? session.Client : session.OperatorClient).Admin.ListPoliciesAsync(
                ofAccount, cancellationToken: session.Cancelled);
            using ResultList<JsonElement> list = session.Out.List(Shapes.Policies);
            foreach (JsonElement policy in policies.Policies)
            {
                list.Add(policy);
            }

            list.Complete();
        });
    }
}
