using System.CommandLine;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer policy explain ID</c>: why policies refused a call, and the smallest rule that would allow it.</summary>
internal static class PolicyExplain
{
    public static Command Command()
    {
        var id = new Argument<string>("id") { Description = "The decision's id, from the header x-coffer-decision or an error of this command." };
        var asOperator = new Option<bool>("--operator") { Description = "Use the operator key, for a call of any account." };
        var verb = new Verb(
            "explain",
            "Tell why policies refused a call, and which rule would allow it.",
            "coffer policy explain dec_01j0qv3s7kd3mq9v6w2t5x8y4z")
        {
            id, asOperator,
        };
        return verb.Runs(async session =>
        {
            PolicyExplanation told = await (session.Value(asOperator) ? session.OperatorClient : session.Client).Admin.ExplainDecisionAsync(
                session.Value(id), cancellationToken: session.Cancelled);
            session.Out.One(bare: null, ExplanationLines.Of(told), json => JsonShapes.Write(json, told));
        });
    }
}
