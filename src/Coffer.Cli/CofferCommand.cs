using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Coffer.Cli.Output;
using Coffer.Cli.Verbs;

namespace Coffer.Cli;

/// <summary>The <c>coffer</c> command: its verbs, and what happens around each of them.</summary>
internal static class CofferCommand
{
    /// <summary>How long a verb may take to clean up after Ctrl-C; a second Ctrl-C does not wait.</summary>
    private static readonly TimeSpan CleanUpTime = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["help", .. var verb])
        {
            args = [.. verb, "--help"];
        }

        ParseResult parsed = Build(args).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        bool asksForHelp = parsed.Action is HelpWithExamples || parsed.GetResult("--version") is not null;
        if (!asksForHelp && UnknownOption.In(parsed) is { } unknown)
        {
            return RefuseUsage(parsed, unknown);
        }

        if (parsed.Action is ParseErrorAction)
        {
            return RefuseUsage(parsed);
        }

        // Help and version: verbs write through their session and report their own failures.
        using var output = new StreamWriter(new StandardOutput()) { AutoFlush = true };
        try
        {
            return await RunAsync(parsed, output);
        }
        catch (Exception failure) when (failure is ClosedPipeException or OutputFailedException)
        {
            Report report = Report.Of(failure, Session.VerbOf(parsed), connection: null, CancellationToken.None);
            new ErrorOutput(parsed.GetValue(GlobalOptions.Json)).Write(report);
            return report.ExitCode;
        }
    }

    private static async Task<int> RunAsync(ParseResult parsed, TextWriter output)
    {
        // For `serve` too there is no timeout here: its host alone handles signals, and running transfers get their time.
        var invocation = new InvocationConfiguration
        {
            Output = output, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
        };
        if (parsed.CommandResult.Command.Name == ServeVerb.Name)
        {
            return await parsed.InvokeAsync(invocation);
        }

        using var interruption = new Interruption(CleanUpTime);
        Task<int> run = parsed.InvokeAsync(invocation, interruption.Token);
        bool hasEnded = await Task.WhenAny(run, interruption.Overdue) == run;
        int exitCode = hasEnded ? await run : ExitCodes.Interrupted;
        return exitCode == ExitCodes.Interrupted ? interruption.ExitCode : exitCode;
    }

    internal static RootCommand Build(string[] args)
    {
        var root = new RootCommand("Store files in Coffer, fetch them, list them and link to them; serve the store itself.")
        {
            GlobalOptions.Url, GlobalOptions.Key, GlobalOptions.Json, GlobalOptions.Quiet, GlobalOptions.Data,
            ServeVerb.Command(withSettings: args.Contains(ServeVerb.Name)),
            Put.Command(), Get.Command(), Cat.Command(), Ls.Command(), Stat.Command(), Url.Command(),
            Publish.Command(), Unpublish.Command(), Rm.Command(), ArchiveVerb.Command(), DevboxVerb.Command(),
            BucketVerb.Command(), Cp.Command(), Mv.Command(), Sync.Command(),
            Key.Command(), Policy.Command(), Account.Command(), Reap.Command(), Compact.Command(),
        };

        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static int RefuseUsage(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0)
        {
            // `coffer` or `coffer key` alone: someone wants to know what there is.
            string[] help = command is RootCommand ? ["--help"] : [command.Name, "--help"];
            try
            {
                parsed.RootCommandResult.Command.Parse(help).Invoke(
                    new InvocationConfiguration { Output = Console.Error, EnableDefaultExceptionHandler = false });
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Stderr is full or closed: the exit code has to do.
            }
        }

        string message = command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [{ } word, ..]
            ? $"there is no command '{word}'"
            : Text.Clause(parsed.Errors[0].Message);
        string next = message.Contains(';', StringComparison.Ordinal) ? "" : $"; see `{Session.VerbOf(parsed)} --help`";
        return RefuseUsage(parsed, message + next);
    }

    private static int RefuseUsage(ParseResult parsed, string message)
    {
        new ErrorOutput(parsed.GetValue(GlobalOptions.Json)).Write(new Report(message, ExitCodes.Usage) { Code = "usage" });
        return ExitCodes.Usage;
    }
}
