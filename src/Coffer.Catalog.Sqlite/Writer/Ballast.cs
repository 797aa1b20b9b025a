using Microsoft.Win32.SafeHandles;

namespace Coffer.Catalog.Sqlite.Writer;

/// <summary>A file that only takes up room, so that there is some to give up when deletes meet a full volume.</summary>
internal sealed class Ballast(string? path, VolumeSpace space, ILogger logger)
{
    private const long LargestBytes = 16L << 20;

    private readonly long _sizeBytes = Math.Min(LargestBytes, space.TotalBytes / 20);

    public bool IsMissing => path is not null && !File.Exists(path);

    /// <summary>Gives the room back.</summary>
    /// <returns>False when there was none to give.</returns>
    public bool GiveUp()
    {
        if (path is null || !File.Exists(path))
        {
            return false;
        }

        File.Delete(path);
        Log.BallastGivenUp(logger, _sizeBytes);
        return true;
    }

    /// <summary>Takes the room again when the reserve is left untouched by it.</summary>
    public void Refill()
    {
        if (!IsMissing || space.FreeBytes - _sizeBytes < space.ReserveBytes + _sizeBytes)
        {
            return;
        }

        try
        {
            using (SafeFileHandle file = File.OpenHandle(
                path!, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, preallocationSize: _sizeBytes))
            {
                RandomAccess.SetLength(file, _sizeBytes); // room beyond a file's end is not everywhere kept
            }

            Log.BallastMade(logger, _sizeBytes);
        }
        catch (IOException failed) // someone else was quicker to take the room
        {
            File.Delete(path!);
            Log.BallastNotMade(logger, failed);
        }
    }
}
