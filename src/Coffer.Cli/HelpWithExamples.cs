using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Coffer.Cli;

/// <summary>The usual help text, and below it lines to copy.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    private static readonly string[] RootExamples =
    [
        "coffer serve                            start a server on this machine",
        "coffer put report.pdf --ttl 30d         store a file for a month",
        "coffer get obj_… -o report.pdf          fetch it",
        "id=$(coffer put notes.txt)              keep the id in a script",
        "tar c src | coffer put - --name src.tar store what a command prints",
        "coffer url obj_… --expires 1h           make a link for someone without a key",
        "coffer cp report.pdf web/2031.pdf       store a file under a key of a bucket",
        "coffer sync ./site web/site/            keep a bucket like a folder",
        "coffer rm --unused-for 90d --dry-run    see what nobody reads any more",
    ];

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = InvokeUsual(parseResult);
        string[] examples = parseResult.CommandResult.Command switch
        {
            Verb verb => verb.Examples,
            RootCommand => RootExamples,
            _ => [],
        };

        if (examples.Length > 0)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in examples)
            {
                output.WriteLine("  " + example);
            }

            output.WriteLine();
        }

        return exitCode;
    }

    private int InvokeUsual(ParseResult parseResult)
    {
        Option[] hidden = parseResult.CommandResult.Command is Verb verb ? [.. verb.Without.Keys] : [];
        Array.ForEach(hidden, static option => option.Hidden = true);
        try
        {
            return usual.Invoke(parseResult);
        }
        finally
        {
            Array.ForEach(hidden, static option => option.Hidden = false);
        }
    }
}
