namespace Coffer.Client;

/// <summary>A local file was changed while it was uploaded, so that the bytes that were read are of no one moment.</summary>
/// <remarks>Thrown before the last of them is sent, so that nothing is stored.</remarks>
public sealed class FileChangedException : IOException
{
    /// <summary>Makes an exception for a file.</summary>
    /// <param name="path">The local file.</param>
    public FileChangedException(string path) : base($"'{path}' was changed while it was uploaded.") => Path = path;

    /// <summary>The local file.</summary>
    public string Path { get; }
}
