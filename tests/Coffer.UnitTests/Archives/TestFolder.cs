namespace Coffer.UnitTests.Archives;

/// <summary>A folder of a test's own.</summary>
internal sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("coffer-archives-").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public string Make(string name) => Directory.CreateDirectory(At(name)).FullName;

    /// <summary>Runs a program in this folder.</summary>
    public void Run(string program, params ReadOnlySpan<string> arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo(program, arguments.ToArray())
        {
            WorkingDirectory = Path, RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {said}");
    }

    /// <summary>Everything below a folder, links as links: kind, mode, size, time in seconds, target, and content.</summary>
    public static SortedDictionary<string, string> Tree(string folder)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(new DirectoryInfo(folder), "");
        return found;

        void Add(DirectoryInfo directory, string prefix)
        {
            foreach (FileSystemInfo info in directory.EnumerateFileSystemInfos())
            {
                string path = prefix + info.Name;
                long time = ((DateTimeOffset)info.LastWriteTimeUtc).ToUnixTimeSeconds();
                if (info.LinkTarget is { } target)
                {
                    found[path] = $"link {target}";
                }
                else if (info is DirectoryInfo below)
                {
                    found[path] = $"directory {info.UnixFileMode} {time}";
                    Add(below, $"{path}/");
                }
                else
                {
                    byte[] content = File.ReadAllBytes(info.FullName);
                    found[path] = $"file {info.UnixFileMode} {time} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content))}";
                }
            }
        }
    }

    public void Dispose()
    {
        // Links are not walked through: one that a fault let out of here would lead to the machine's own directories.
        foreach (string directory in Directory.EnumerateDirectories(Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(directory, (UnixFileMode)0b111_000_000);
        }

        Directory.Delete(Path, recursive: true);
    }
}
