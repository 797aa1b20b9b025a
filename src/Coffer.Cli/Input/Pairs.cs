using System.CommandLine;

namespace Coffer.Cli.Input;

/// <summary>Options that take pairs: <c>--meta project=apollo</c>, <c>--env TERM=dumb</c>.</summary>
internal static class Pairs
{
    public static Option<string[]> Metadata() => Option("--meta", "A pair to keep with it; may be repeated.", "project=apollo");

    /// <param name="example">What to write, for a message.</param>
    public static Option<string[]> Option(string name, string description, string example)
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = "key=value" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(static token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1) is { } wrong)
            {
                result.AddError($"{name} '{wrong.Value}' is no pair; write for example {name} {example}");
            }
        });
        return option;
    }

    /// <summary>Null when none was given; of several with one key the last counts.</summary>
    public static Dictionary<string, string>? Of(string[]? texts)
    {
        if (texts is null or [])
        {
            return null;
        }

        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            pairs[text[..equals]] = text[(equals + 1)..];
        }

        return pairs;
    }
}
