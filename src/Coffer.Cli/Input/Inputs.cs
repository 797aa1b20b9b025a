using System.CommandLine;
using Coffer.Cli.Transfers;

namespace Coffer.Cli.Input;

/// <summary>Arguments that several verbs take.</summary>
internal static class Inputs
{
    public static Argument<string> Id() => new("id") { Description = "The object's id, as `coffer ls` shows it." };

    public static Argument<string> IdOrAddress() => new("object")
    {
        Description = "An object's id, as `coffer ls` shows it, or its address, bucket/key.",
    };

    public static Argument<string[]> Ids(ArgumentArity arity) => new("id")
    {
        Description = "Objects' ids, as `coffer ls` shows them.", Arity = arity,
    };

    public static Argument<string[]> IdsOrAddresses(ArgumentArity arity) => new("object")
    {
        Description = "Objects' ids, as `coffer ls` shows them, or their addresses, bucket/key.", Arity = arity,
    };

    /// <summary>Several places, of which the last is where things go.</summary>
    public static Argument<string[]> Places() => new("place")
    {
        Description = "From where, and last to where: bucket/key is a place in a bucket, a path here begins with ./, ../, / or has no slash.",
        Arity = new ArgumentArity(2, 100_000),
    };

    /// <summary>How many files are on their way at the same time.</summary>
    public static Option<int?> Transfers()
    {
        const int most = 64;
        var option = new Option<int?>("--transfers")
        {
            Description = $"How many files are transferred at once; {StepRun.AtOnce} when nothing is said.",
            HelpName = "n",
        };
        option.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out int atOnce) || atOnce is < 1 or > most))
            {
                result.AddError($"--transfers '{text}' is no number from 1 to {most}; write for example --transfers 4");
            }
        });
        return option;
    }

    public static Option<bool> Recursive(string description) => new("--recursive", "-r") { Description = description };
}
