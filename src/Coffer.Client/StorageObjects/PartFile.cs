namespace Coffer.Client;

/// <summary>A file that appears under its name only when it is whole; until then it has another name beside it.</summary>
internal sealed class PartFile : IDisposable
{
    private readonly string _path;
    private readonly string _partPath;

    /// <summary>Creates the part file, so that a folder that is missing or closed shows before any call.</summary>
    public PartFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
        if (Directory.Exists(_path))
        {
            throw new IOException($"'{path}' is a directory; give the path of a file.");
        }

        _partPath = Path.Combine(Path.GetDirectoryName(_path)!, $".coffer-{Guid.NewGuid():N}.part");
        Stream = new FileStream(_partPath, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0,
        });
    }

    public FileStream Stream { get; }

    /// <summary>Gives the file its name, in place of a file of that name.</summary>
    public void Keep()
    {
        Stream.Dispose();
        File.Move(_partPath, _path, overwrite: true);
    }

    public void Dispose()
    {
        Stream.Dispose();
        File.Delete(_partPath); // nothing to delete once it has its name
    }
}
