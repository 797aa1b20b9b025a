using Coffer.Server.Configuration;

namespace Coffer.UnitTests.Configuration;

public sealed class ReadmeTests
{
    [Fact]
    public void The_table_of_settings_in_the_README_is_the_one_that_the_server_reads()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository(), "README.md"));
        string[] rows = [.. lines.Where(line => line.StartsWith("| `COFFER_", StringComparison.Ordinal))];

        Assert.Equal(CofferSettings.All.Select(Row), rows);
    }

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
