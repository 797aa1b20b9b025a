namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>
/// A stretch without keys that was met on this snapshot, so that folder after folder is not sought in it. In a bucket whose
/// folders are all in small letters, one such stretch holds all their other spellings.
/// </summary>
internal sealed class Gap(bool descending)
{
    private readonly (byte[] At, byte[] Next)?[] _noted = new (byte[], byte[])?[4];
    private int _oldest;

    /// <summary>Where the next key is from a position on, or a place before it; null when that is not known.</summary>
    public byte[]? BehindAt(byte[] position)
    {
        foreach ((byte[] At, byte[] Next)? noted in _noted)
        {
            if (noted is { } gap && IsBetween(position, gap.At, gap.Next))
            {
                return gap.Next;
            }
        }

        return null;
    }

    public void Note(byte[] at, byte[] next)
    {
        _noted[_oldest] = (at, next);
        _oldest = (_oldest + 1) % _noted.Length;
    }

    public void Forget() => Array.Clear(_noted);

    private bool IsBetween(ReadOnlySpan<byte> position, ReadOnlySpan<byte> at, ReadOnlySpan<byte> next) => descending
        ? position.SequenceCompareTo(at) <= 0 && position.SequenceCompareTo(next) > 0
        : position.SequenceCompareTo(at) >= 0 && position.SequenceCompareTo(next) < 0;
}
