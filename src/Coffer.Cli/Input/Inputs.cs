using System.CommandLine;

namespace Coffer.Cli.Input;

/// <summary>Arguments that several verbs take.</summary>
internal static class Inputs
{
    public static Argument<string> Id() => new("id") { Description = "The object's id, as `coffer ls` shows it." };

    public static Argument<string[]> Ids(ArgumentArity arity) => new("id")
    {
        Description = "Objects' ids, as `coffer ls` shows them.", Arity = arity,
    };
}
