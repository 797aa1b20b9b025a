using System.CommandLine;
using System.Globalization;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer reap</c>: removes what has expired now, and ends the hold of a server that does not trust its clock.</summary>
internal static class Reap
{
    public static Command Command()
    {
        var confirm = new Option<bool>("--confirm")
        {
            Description = "Say that the server's clock is right, when it jumped and the server holds back.",
        };
        var verb = new Verb("reap", "Remove what has expired; needs the operator key.", "coffer reap --confirm") { confirm };
        return verb.Runs(async session =>
        {
            ReapView reaped = await session.OperatorClient.Admin.ReapAsync(session.Value(confirm), cancellationToken: session.Cancelled);
            session.Out.One(
                bare: null,
                [("Removed", reaped.Removed.ToString(CultureInfo.InvariantCulture)), ("Holding", reaped.Holding ? "yes" : "no")],
                json => JsonShapes.Write(json, reaped));
            if (reaped.Holding)
            {
                session.Hint("The server holds back because its clock jumped; if the clock is right, run: coffer reap --confirm");
            }
        });
    }
}
