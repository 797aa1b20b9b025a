using System.Text.RegularExpressions;

namespace Coffer.ClientTests.Surface;

public sealed partial class DocsTests
{
    private static readonly bool IsUpdating = Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1";

    [Theory]
    [InlineData("sdk.md"), InlineData("storage-object.md"), InlineData("objects-guide.md"), InlineData("create-object.md")]
    [InlineData("storage-client.md"), InlineData("clients/csharp.md"), InlineData("archives.md"), InlineData("devboxes.md")]
    [InlineData("../README.md"), InlineData("../src/Coffer.Client/README.md"), InlineData("../src/Coffer.Client.DependencyInjection/README.md")]
    public void Each_block_of_a_page_is_the_code_of_its_sample(string page)
    {
        string path = Repository.PathOf("docs", page);
        string text = File.ReadAllText(path);
        Dictionary<string, string> samples = Samples();

        string expected = Block().Replace(text, block => $"{block.Groups["head"].Value}{samples[block.Groups["name"].Value]}```");
        if (IsUpdating)
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path)); // UPDATE_DOCS=1 rewrites the pages
        Assert.Equal(Regex.Count(text, "^```csharp", RegexOptions.Multiline), Block().Count(text));
    }

    [Fact]
    public void Each_sample_is_on_a_page()
    {
        string pages = string.Concat(Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Append(Repository.PathOf("README.md")).Select(File.ReadAllText));

        Assert.All(Samples().Keys, name => Assert.Contains($"<!-- sample: {name} -->", pages, StringComparison.Ordinal));
    }

    private static Dictionary<string, string> Samples() =>
        Directory.GetFiles(Repository.PathOf("samples", "Coffer.Samples"), "*.cs")
            .SelectMany(file => Region().Matches(File.ReadAllText(file)))
            .ToDictionary(region => region.Groups["name"].Value, region => Unindented(region.Groups["code"].Value));

    private static string Unindented(string code)
    {
        string[] lines = code.TrimEnd().Split('\n');
        int indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Concat(lines.Select(line => (line.Length > 0 ? line[indent..] : "") + "\n"));
    }

    [GeneratedRegex(@"(?<head><!-- sample: (?<name>[\w.]+) -->\n```csharp\n)(?<code>(?:(?!```).*\n)*)```", RegexOptions.None, 10_000)]
    private static partial Regex Block();

    [GeneratedRegex(@"#region (?<name>[\w.]+)\n(?<code>(?:.*\n)*?) *#endregion", RegexOptions.None, 10_000)]
    private static partial Regex Region();
}
