namespace Coffer.Client;

/// <summary>Remembers unfinished uploads in a folder, one small file each, so that another process can finish them.</summary>
public sealed class FileResumeStore : IResumeStore
{
    private readonly string _directory;

    /// <summary>Takes the folder, and makes it when it is not there.</summary>
    /// <param name="directory">A folder of this purpose alone.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public FileResumeStore(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _directory = Directory.CreateDirectory(directory).FullName;
    }

    /// <inheritdoc/>
    public string? Find(string fingerprint, CancellationToken cancellationToken = default)
    {
        try
        {
            return File.ReadAllText(PathOf(fingerprint));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Keep(string fingerprint, string uploadUrl, CancellationToken cancellationToken = default)
    {
        string path = PathOf(fingerprint);
        string part = $"{path}.{Guid.NewGuid():N}.part";
        File.WriteAllText(part, uploadUrl);
        File.Move(part, path, overwrite: true); // a reader finds all of it or nothing
    }

    /// <inheritdoc/>
    public void Forget(string fingerprint, CancellationToken cancellationToken = default) => File.Delete(PathOf(fingerprint));

    private string PathOf(string fingerprint)
    {
        ArgumentException.ThrowIfNullOrEmpty(fingerprint);
        return fingerprint.All(char.IsAsciiLetterOrDigit)
            ? Path.Combine(_directory, $"{fingerprint}.upload")
            : throw new ArgumentException("A fingerprint has letters and digits only.", nameof(fingerprint));
    }
}
