namespace Coffer.Client;

/// <summary>What a file of the caller's was when it was opened: by size and time of change it shows whether it still is that.</summary>
/// <param name="file">The open file; one that was replaced under its name is still the old one, whole.</param>
/// <param name="mayGrow">Whether what is added behind the end is no change, since it is left out.</param>
internal sealed class FileAsOpened(FileStream file, bool mayGrow)
{
    private readonly long _length = RandomAccess.GetLength(file.SafeFileHandle);

    public DateTime ChangedAt { get; } = File.GetLastWriteTimeUtc(file.SafeFileHandle);

    /// <summary>
    /// To be asked between the last read and the last write: a change after that is in none of the bytes, and one before it keeps
    /// them from being stored.
    /// </summary>
    /// <exception cref="FileChangedException">The file is another by now.</exception>
    public void ThrowIfChanged()
    {
        long length = RandomAccess.GetLength(file.SafeFileHandle);
        if (mayGrow && length > _length)
        {
            return;
        }

        if (length != _length || File.GetLastWriteTimeUtc(file.SafeFileHandle) != ChangedAt)
        {
            throw new FileChangedException(file.Name);
        }
    }
}
