using Microsoft.Win32.SafeHandles;

namespace Coffer.LocalFiles;

/// <summary>Files that a process holds although nothing names them any more: they take room that no walk through a directory finds.</summary>
public static class UnnamedFiles
{
    private const string Mark = " (deleted)";

    /// <summary>Those that are open in a process, or mapped into its memory; one may come twice.</summary>
    /// <returns>None of a process that has ended, or that this one may not look into.</returns>
    public static IEnumerable<RootedEntry> Of(int processId) =>
        Opened(processId).Concat(Mapped(processId)).Select(Stat).OfType<RootedEntry>()
            .Where(static found => found is { Kind: RootedKind.File, Names: 0 });

    private static string[] Opened(int processId)
    {
        try
        {
            return Directory.GetFiles($"/proc/{processId}/fd");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string[] Mapped(int processId)
    {
        try
        {
            return
            [
                .. from line in File.ReadLines($"/proc/{processId}/maps")
                   where line.EndsWith(Mark, StringComparison.Ordinal)
                   let range = line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-')
                   select $"/proc/{processId}/map_files/{range[0].TrimStart('0')}-{range[1].TrimStart('0')}",
            ];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static RootedEntry? Stat(string path)
    {
        _ = LinuxFiles.Open(null, path, LinuxFiles.PathOnly, 0, 0, out SafeFileHandle file);
        using (file)
        {
            return !file.IsInvalid && LinuxFiles.Stat(file, out RootedEntry? found) == 0 ? found : null;
        }
    }
}
