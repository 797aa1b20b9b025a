namespace Coffer.DurabilityTests.Lanes;

/// <summary>Compares the files of a data folder with what its catalog says, on a copy of the catalog.</summary>
internal static class FolderCheck
{
    /// <summary>What is wrong; empty when every blob that a row refers to has its file and no file is left over.</summary>
    public static IReadOnlyList<string> Problems(string data)
    {
        var problems = new List<string>();
        using var copy = new ScratchFolder();
        foreach (string name in new[] { "catalog.db", "catalog.db-wal" })
        {
            string path = Path.Combine(data, name);
            if (File.Exists(path)) File.Copy(path, Path.Combine(copy.Path, name));
        }

        using var catalog = new Database(Path.Combine(copy.Path, "catalog.db"));
        problems.AddRange(Texts(catalog, "SELECT 0, CAST(integrity_check AS BLOB) FROM pragma_integrity_check")
            .Where(line => line != "ok").Select(line => $"the catalog is damaged: {line}"));
        HashSet<string> referred = [.. Texts(catalog, "SELECT 0, CAST(lower(hex(id)) AS BLOB) FROM blob")];
        HashSet<string> released = [.. Texts(catalog, "SELECT 0, CAST(lower(hex(id)) AS BLOB) FROM released_blob")];
        HashSet<string> files = [.. BlobFiles(data).Select(path => Path.GetFileName(path))];
        problems.AddRange(referred.Except(files).Select(id => $"blob {id} has a row and no file"));
        problems.AddRange(files.Except(referred).Except(released).Select(id => $"blob {id} is a file that nothing refers to"));
        problems.AddRange(Directory.GetFiles(Path.Combine(data, "staging")).Select(path => $"{path} is left over"));
        return problems;
    }

    public static string[] BlobFiles(string data) => Directory.GetFiles(Path.Combine(data, "blobs"), "*", SearchOption.AllDirectories);

    /// <summary>The folder of a running server is in order soon: the litter of a crash is cleared beside the requests.</summary>
    public static async Task<IReadOnlyList<string>> ProblemsSoonAsync(string data)
    {
        for (int i = 0; ; i++)
        {
            IReadOnlyList<string> problems = Problems(data);
            if (problems.Count == 0 || i == 50) return problems;
            await Task.Delay(100);
        }
    }

    private static IEnumerable<string> Texts(Database catalog, string sql) =>
        catalog.Query(sql).Select(row => System.Text.Encoding.UTF8.GetString(row.Second!));
}
