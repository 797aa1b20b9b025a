using Coffer.Server.Configuration;

namespace Coffer.UnitTests.Configuration;

public sealed class ReadmeTests
{
    [Fact]
    public void The_page_of_settings_has_the_table_that_the_server_reads() =>
        Assert.Equal(CofferSettings.All.Select(Row), Rows("docs/settings.md"));

    [Fact]
    public void The_README_has_the_most_used_of_them_word_for_word()
    {
        string[] rows = Rows("README.md");

        Assert.Equal(8, rows.Length);
        Assert.Equal(CofferSettings.All.Select(Row).Where(rows.Contains), rows); // known ones, in the order of the whole table
    }

    private static string[] Rows(string page) =>
        [.. File.ReadAllLines(Path.Combine(Repository(), page)).Where(line => line.StartsWith("| `COFFER_", StringComparison.Ordinal))];

    private static string Row(CofferSetting setting)
    {
        bool isWords = setting.Default is "none" or "generated" || setting.Default.Contains(' ', StringComparison.Ordinal);
        return $"| `{setting.EnvironmentName}` | {(isWords ? setting.Default : $"`{setting.Default}`")} | {setting.Meaning} |";
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
