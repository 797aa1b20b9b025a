using System.Text.Json;
using System.Text.RegularExpressions;
using Coffer.Policies;

namespace Coffer.ConformanceTests.Policies;

/// <summary>The rules of docs/policies.md are those that the other tests run.</summary>
public sealed partial class PolicyPageTests
{
    [Fact]
    public void Every_rule_of_the_page_is_a_case_and_every_case_is_on_the_page()
    {
        string page = File.ReadAllText(Path.Combine(Repository(), "docs", "policies.md"));
        IEnumerable<string> shown = Blocks().Matches(page).Select(block => Canonical(block.Groups["block"].Value));

        Assert.Equal(Cases.List.Select(one => Canonical(one.Policies)).Order(), shown.Order());
    }

    private static string Canonical(string json) =>
        string.Join('\n', PolicyReader.ReadList(JsonElement.Parse(json)).Select(policy => policy.ToJson()));

    private static string Repository()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Coffer.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    [GeneratedRegex("```json\n(?<block>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Blocks();
}
