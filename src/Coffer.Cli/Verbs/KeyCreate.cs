using System.CommandLine;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer key create</c>: makes a key, and shows its token this once.</summary>
internal static class KeyCreate
{
    public static Command Command()
    {
        var right = new Option<string?>("--right")
        {
            Description = "What it may do: service (everything in its account, the default), authenticated, or anon.",
            HelpName = "right",
        };
        var label = new Option<string?>("--label") { Description = "What it is for, in your words.", HelpName = "text" };
        var subject = new Option<string?>("--subject") { Description = "The person or program that it stands for.", HelpName = "text" };
        Option<string?> account = Key.AccountOption();
        var verb = new Verb(
            "create",
            "Make a key. Its token is shown now and never again; a pipe gets the token alone.",
            "coffer key create --label nightly-backup",
            "export COFFER_API_KEY=$(coffer key create --account team-b)")
        {
            right, label, subject, account,
        };
        return verb.Runs(async session =>
        {
            string? ofAccount = session.Value(account);
            CreatedKey key = await (ofAccount is null ? session.Client : session.OperatorClient).Admin.CreateKeyAsync(
                new KeyCreateRequest
                {
                    Account = ofAccount,
                    Right = session.Value(right) is { Length: > 0 } word ? new KeyRight(word) : null,
                    Label = session.Value(label),
                    Subject = session.Value(subject),
                },
                cancellationToken: session.Cancelled);
            session.Out.One(
                key.Token,
                [
                    ("Id", key.Id), ("Account", key.Account), ("Right", key.Right.Value), ("Label", key.Label),
                    ("Subject", key.Subject), ("Token", key.Token), ("JWT", key.WebToken),
                ],
                json => JsonShapes.Write(json, key));
            session.Hint("The token, and the JWT that stands for it in clients of the Storage API, are shown only now; keep them.");
        });
    }
}
