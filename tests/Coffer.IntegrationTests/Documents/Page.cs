using System.Text.RegularExpressions;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Documents;

/// <summary>A page of the documentation, and what it shows.</summary>
internal static partial class Page
{
    /// <summary>The fenced blocks of a language, in the order of the page.</summary>
    public static string[] Blocks(string page, string language) =>
        [.. Block().Matches(File.ReadAllText(Path.Combine(Repository.Root, page))).Where(block => block.Groups["language"].Value == language).Select(block => block.Groups["code"].Value)];

    /// <summary>The names of the members that a block of JSON shows, those of inner objects left out; it may be shortened with an ellipsis.</summary>
    public static string[] Members(string json)
    {
        var names = new List<string>();
        int depth = 0;
        foreach (Match token in Token().Matches(json))
        {
            depth += token.Value switch { "{" or "[" => 1, "}" or "]" => -1, _ => 0 };
            if (depth == 1 && token.Groups["name"].Success)
            {
                names.Add(token.Groups["name"].Value);
            }
        }

        return [.. names.Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<code>(?:(?!```).*\n)*)```", RegexOptions.Multiline, 10_000)]
    private static partial Regex Block();

    [GeneratedRegex("""[{}\[\]]|"(?<name>[^"\n]*)"\s*:|"[^"\n]*"(?!\s*:)""", RegexOptions.None, 10_000)]
    private static partial Regex Token();
}
