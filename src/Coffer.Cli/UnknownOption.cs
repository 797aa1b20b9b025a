using System.CommandLine;
using System.CommandLine.Parsing;
using Coffer.Cli.Verbs;

namespace Coffer.Cli;

/// <summary>
/// Finds a word that begins like an option and is none. The parser would take it for an id or a file, and the verb would do the
/// rest of what was typed: <c>rm ID --dryrun</c> would delete.
/// </summary>
internal static class UnknownOption
{
    /// <summary>What to say about the first such word; null when there is none. What comes after <c>--</c> is a name.</summary>
    public static string? In(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [{ } first, ..] && !first.StartsWith('-'))
        {
            return null; // the command itself is not known, so neither are its options
        }

        int behindDashes = parsed.Tokens.SkipWhile(static token => token.Type is not TokenType.DoubleDash).Skip(1).Count();
        string? word = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(static argument => argument.Tokens)
            .Select(static token => token.Value)
            .Concat(parsed.UnmatchedTokens)
            .SkipLast(behindDashes)
            .FirstOrDefault(word => word.StartsWith('-') && (word != "-" || command.Name is not (Put.Name or Cp.Name or PolicySet.Name)));
        if (word is null)
        {
            return null;
        }

        string name = word.Split('=')[0]; // what is behind it may be a secret
        string meant = Nearest(name, command) is { } near ? $"did you mean {near}? " : "";
        return $"unrecognized option '{Text.Printable(name)}'; {meant}see `{Session.VerbOf(parsed)} --help`";
    }

    private static string? Nearest(string word, Command command)
    {
        const int shortest = 4; // below, anything is near
        return command.Options
            .Concat(command.Parents.OfType<Command>().SelectMany(static parent => parent.Options.Where(static option => option.Recursive)))
            .Where(static option => !option.Hidden)
            .SelectMany(static option => option.Aliases.Prepend(option.Name))
            .Where(name => name.Length >= shortest && word.Length >= shortest)
            .Select(name => (name, distance: name.StartsWith(word, StringComparison.Ordinal) ? 0 : Distance(word, name)))
            .Where(static candidate => candidate.distance <= Math.Max(1, candidate.name.Length / 4))
            .OrderBy(static candidate => candidate.distance)
            .Select(static candidate => candidate.name)
            .FirstOrDefault();
    }

    /// <summary>How many letters have to be put in, left out, replaced or swapped with their neighbours.</summary>
    private static int Distance(string from, string to)
    {
        int[,] cost = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(
                        Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1,
                        cost[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[from.Length, to.Length];
    }
}
