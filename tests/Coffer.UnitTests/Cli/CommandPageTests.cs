using System.CommandLine;
using Coffer.Cli;

namespace Coffer.UnitTests.Cli;

public sealed class CommandPageTests
{
    [Fact]
    public void The_page_of_the_command_has_every_verb_and_every_option()
    {
        string page = File.ReadAllText(Path.Combine(Repository(), "docs", "command.md"));

        foreach (Command verb in CofferCommand.Build([]).Subcommands)
        {
            Assert.Matches($"(?m)^## .*\\b{verb.Name}\\b", page);
            foreach (Option option in verb.Options.Concat(verb.Subcommands.SelectMany(static sub => sub.Options)))
            {
                Assert.Contains($"{option.Name}", page, StringComparison.Ordinal);
            }

            foreach (Command sub in verb.Subcommands)
            {
                Assert.Matches($"(?m)^## .*\\b{verb.Name} {sub.Name}\\b", page);
            }
        }

        foreach (Option option in CofferCommand.Build([]).Options.Where(static option => option.Recursive))
        {
            Assert.Contains(option.Name, page, StringComparison.Ordinal);
        }
    }

    private static string Repository()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Coffer.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
