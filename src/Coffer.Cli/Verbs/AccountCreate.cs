using System.CommandLine;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer account create NAME</c>: makes an account, which sees only what is its own.</summary>
internal static class AccountCreate
{
    public static Command Command()
    {
        var name = new Argument<string>("name") { Description = "The account's name." };
        var verb = new Verb("create", "Make an account. It sees only what is its own.", "coffer account create team-b") { name };
        return verb.Runs(async session =>
        {
            AccountView account = await session.OperatorClient.Admin.CreateAccountAsync(
                session.Value(name), cancellationToken: session.Cancelled);
            session.Out.One(
                account.Name, [("Name", account.Name), ("Created", Shapes.Moment(DateTimeOffset.FromUnixTimeMilliseconds(account.CreatedAtMs)))],
                json => JsonShapes.Write(json, account));
            session.Hint($"Now make a key for it: coffer key create --account {account.Name}");
        });
    }
}
