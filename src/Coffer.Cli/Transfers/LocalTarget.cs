using System.CommandLine;

namespace Coffer.Cli.Transfers;

/// <summary>A file of this machine that is to be filled: it is there whole or not at all.</summary>
internal static class LocalTarget
{
    public static Option<string?> Output(string description) => new("--output", "-o") { Description = description, HelpName = "file|folder" };

    public static Option<bool> Force() => new("--force", "-f") { Description = "Replace a file that is there." };

    /// <summary>Before any call: an empty shell variable names nothing.</summary>
    public static void ThrowIfEmpty(string? output)
    {
        if (output == "")
        {
            throw new UsageException("--output is empty; name a file or a folder");
        }
    }

    /// <param name="output">A file or an existing folder; null for the current one.</param>
    /// <param name="name">What it is called there.</param>
    public static string PathFor(string? output, string name) =>
        output is null ? name
        : Directory.Exists(output) ? Path.Combine(output, name)
        : Path.EndsInDirectorySeparator(output) ? throw new RefusedException($"there is no folder '{output}'; make it first")
        : output;

    /// <param name="instead">What `cat` writes out.</param>
    public static void ThrowIfDevice(string path, string instead)
    {
        if (Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal))
        {
            throw new RefusedException($"'{path}' is a device, and would become a file; use `coffer cat {instead} > {path}`");
        }
    }

    /// <param name="replaces">Whether a file that is there is replaced.</param>
    /// <param name="advice">How it would be.</param>
    /// <param name="fill">Makes the file under a name of its own.</param>
    public static async Task FillAsync(string path, bool replaces, string advice, Func<string, Task> fill)
    {
        ThrowIfThere(path, replaces, advice);

        // Beside its place, so that giving it its name is a rename; a file that came up there meanwhile counts too.
        string temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".coffer-{Guid.NewGuid():N}.whole.part");
        try
        {
            await fill(temporary);
            ThrowIfThere(path, replaces, advice);
            File.Move(temporary, path, overwrite: replaces);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void ThrowIfThere(string path, bool replaces, string advice)
    {
        if (Path.Exists(path) && !replaces)
        {
            throw new RefusedException($"'{path}' is there already; {advice}");
        }
    }
}
