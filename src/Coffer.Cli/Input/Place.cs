using System.CommandLine;

namespace Coffer.Cli.Input;

/// <summary>What a word on the command line stands for: a place in a bucket, or one on this machine.</summary>
/// <remarks>
/// Decided by its form alone, never by what happens to be in the current folder: a script means the same wherever it runs.
/// </remarks>
internal abstract record Place
{
    /// <summary>
    /// A word with a slash is <c>bucket/key</c>, unless it begins as a path does: with a slash, <c>./</c>, <c>../</c>, <c>~/</c> or
    /// a drive. Everything else is a path.
    /// </summary>
    public static Place Of(string word) => AddressIn(word) is { } address ? address : new LocalPlace(word);

    /// <summary>The address that a word is; null when it is an id, or a path.</summary>
    public static BucketAddress? AddressIn(string word)
    {
        int slash = word.IndexOf('/', StringComparison.Ordinal);
        return slash < 1 || word[..slash] is "." or ".." or "~" || word.Contains('\\', StringComparison.Ordinal) || IsDrive(word[..slash])
            ? null
            : new BucketAddress(word[..slash], word[(slash + 1)..]);
    }

    /// <summary>A word that must be an object's id.</summary>
    /// <exception cref="UsageException">It is an address.</exception>
    public static string IdIn(string word) => AddressIn(word) is { } address
        ? throw new UsageException(
            $"'{Text.Printable(word)}' is an address, and an id is wanted; for files of buckets there are `coffer ls`, `cat`, `cp {address} ./`, `url` and `rm`")
        : word;

    private static bool IsDrive(string start) => OperatingSystem.IsWindows() && start is [_, ':'];
}

/// <summary>A file or directory of this machine, or <c>-</c> for what is piped in.</summary>
internal sealed record LocalPlace(string Path) : Place
{
    public bool IsStdin => Path == "-";

    public override string ToString() => Path;
}

/// <summary>A key of a bucket, or the beginning of keys.</summary>
/// <param name="Key">Empty for the bucket itself.</param>
internal sealed record BucketAddress(string Bucket, string Key) : Place
{
    /// <summary>Whether it stands for all that lies below it: its key is empty or ends with a slash.</summary>
    public bool IsFolder => Key.Length == 0 || Key.EndsWith('/');

    /// <summary>The last part of the key, by which a copy is called that goes to a folder.</summary>
    public string Name => Key[(Key.LastIndexOf('/') + 1)..];

    public BucketAddress AsFolder() => IsFolder ? this : this with { Key = Key + "/" };

    public BucketAddress Below(string relative) => this with { Key = Key + relative };

    /// <exception cref="UsageException">It is a folder.</exception>
    public BucketAddress WholeKey() => IsFolder
        ? throw new UsageException($"'{Text.Printable(ToString())}' is a folder; write the whole key, `coffer ls {this}` shows what there is")
        : this;

    public override string ToString() => $"{Bucket}/{Key}";
}
