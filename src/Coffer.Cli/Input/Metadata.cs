using System.CommandLine;

namespace Coffer.Cli.Input;

/// <summary>Pairs to keep with what is stored: <c>--meta project=apollo</c>.</summary>
internal static class Metadata
{
    public static Option<string[]> Option()
    {
        var option = new Option<string[]>("--meta") { Description = "A pair to keep with it; may be repeated.", HelpName = "key=value" };
        option.Validators.Add(static result =>
        {
            if (result.Tokens.FirstOrDefault(static token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1) is { } wrong)
            {
                result.AddError($"--meta '{wrong.Value}' is no pair; write for example --meta project=apollo");
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
