namespace Coffer.IntegrationTests.Server;

internal static class Repository
{
    /// <summary>The folder with the solution file.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Coffer.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"no Coffer.slnx above {AppContext.BaseDirectory}");
    }
}
