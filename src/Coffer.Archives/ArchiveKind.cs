namespace Coffer.Archives;

/// <summary>How an archive is packed.</summary>
public enum ArchiveKind
{
    /// <summary>A tar archive as it is.</summary>
    Tar,

    /// <summary>A tar archive, compressed with gzip.</summary>
    TarGzip,

    /// <summary>One file, compressed with gzip.</summary>
    Gzip,
}
