namespace Coffer.Client;

/// <summary>
/// What an upload of a directory leaves out, besides what every upload can be told. By default nothing is left out.
/// </summary>
/// <remarks>
/// The three sources of patterns count as one list, in the order <c>.dockerignore</c>, <see cref="IgnoreFile"/>,
/// <see cref="IgnorePatterns"/>; the last pattern that matches wins. Every pattern is anchored at the directory: <c>*.log</c>
/// means those at the top, <c>**/*.log</c> those at any depth. <c>*</c> and <c>?</c> stop at <c>/</c>, <c>[a-z]</c> is a
/// class, <c>!</c> takes a path back in, and a directory's pattern covers what is below it. Blank lines and lines that begin
/// with <c>#</c> say nothing. As soon as there is a pattern, <c>.dockerignore</c> itself is left out.
/// </remarks>
public sealed class DirectoryUploadOptions : UploadOptions
{
    /// <summary>
    /// Asked for each entry that no pattern leaves out; true leaves it out, a directory with everything below it. It may also
    /// change the mode and time that the archive gives the entry.
    /// </summary>
    public Func<DirectoryUploadEntry, bool>? Ignore { get; init; }

    /// <summary>Patterns of what to leave out.</summary>
    public IReadOnlyList<string> IgnorePatterns { get; init; } = [];

    /// <summary>
    /// A file of patterns, one a line; relative paths start from the current directory. A missing file is an empty one.
    /// </summary>
    public string? IgnoreFile { get; init; }

    /// <summary>Whether the directory's own <c>.dockerignore</c>, if it has one, is read.</summary>
    public bool UseDockerIgnore { get; init; }
}
