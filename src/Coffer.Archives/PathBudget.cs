namespace Coffer.Archives;

/// <summary>Bounds the memory that an archive's names take. A path of 4095 bytes can imply 2000 directories, each with a path of its own.</summary>
internal sealed class PathBudget(ArchiveLimits limits)
{
    private const long MostCharacters = 64L << 20;
    private long _characters;
    private int _paths;

    /// <summary>Counts one more thing that is made, and the name that is kept of it.</summary>
    /// <param name="target">Where a link leads, which is kept as well.</param>
    /// <exception cref="ArchiveException">TooLarge.</exception>
    public void Take(string path, string target = "")
    {
        if (++_paths > limits.Entries)
        {
            throw new ArchiveException(
                ArchiveFault.TooLarge, $"the archive has more than the {limits.Entries} entries that are allowed, directories that it only implies among them");
        }

        _characters += path.Length + target.Length;
        if (_characters > MostCharacters) throw new ArchiveException(ArchiveFault.TooLarge, "the names of the archive are too long altogether");
    }
}
