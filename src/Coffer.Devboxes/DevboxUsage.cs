using Coffer.LocalFiles;

namespace Coffer.Devboxes;

/// <summary>What the files of one devbox take, looked at now and then and reckoned on in between.</summary>
internal sealed class DevboxUsage(DevboxOptions options, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private TreeSize? _known;
    private long _lookedAt;

    /// <summary>Refuses what would pass the bounds of a devbox, by a fresh look.</summary>
    /// <exception cref="StoreException">TooLarge.</exception>
    public void Require(RootedDirectory root, long bytes)
    {
        lock (_gate)
        {
            if (_known is not { } known || time.GetElapsedTime(_lookedAt) > Fresh || !Fits(known, bytes))
            {
                known = root.Measure(new TreeSize(options.MaxBytes, options.MaxFiles));
                (_known, _lookedAt) = (known, time.GetTimestamp());
            }

            if (!Fits(known, bytes))
            {
                throw new StoreException(
                    StoreErrorCode.TooLarge, $"the devbox would hold more than the {options.MaxBytes} bytes or {options.MaxFiles} files that are allowed; remove some");
            }

            _known = new TreeSize(known.Bytes + bytes, known.Files + 1);
        }
    }

    private bool Fits(TreeSize known, long bytes) => bytes <= options.MaxBytes - known.Bytes && known.Files < options.MaxFiles;
}
