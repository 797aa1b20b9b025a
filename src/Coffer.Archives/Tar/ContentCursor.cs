namespace Coffer.Archives.Tar;

/// <summary>A place in an entry's content, of which only some stretches are stored.</summary>
internal struct ContentCursor(long sizeBytes, SparseMap? map)
{
    private long _position;
    private int _stretch;

    /// <summary>How many bytes of one kind come next: zeros of a hole, or stored ones. None at the end.</summary>
    public (int Count, bool IsHole) Next(int wanted)
    {
        if (map is null) return ((int)Math.Min(wanted, sizeBytes - _position), false);
        while (_stretch < map.Stretches.Length && _position >= map.Stretches[_stretch].Offset + map.Stretches[_stretch].Length) _stretch++;
        if (_stretch == map.Stretches.Length) return ((int)Math.Min(wanted, sizeBytes - _position), true);
        (long offset, long length) = map.Stretches[_stretch];
        return _position < offset
            ? ((int)Math.Min(wanted, offset - _position), true)
            : ((int)Math.Min(wanted, offset + length - _position), false);
    }

    public void Advance(int count) => _position += count;
}
