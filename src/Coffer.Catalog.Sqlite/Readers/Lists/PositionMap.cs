using System.Buffers.Binary;

namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>The known stretches of one list, in its direction. A place is the bytes of a key or, by creation, its time and then its key.</summary>
/// <param name="prefix">Folded.</param>
internal sealed class PositionMap(bool byCreation, bool descending, byte[] prefix)
{
    /// <summary>What a stretch takes beside its two places.</summary>
    private const int StretchBytes = 128;

    /// <summary>In the list's direction. No two overlap, so a change is in one at most.</summary>
    private readonly List<Stretch> _stretches = [];
    private bool _isForgotten;

    public long LastUse { get; set; }

    /// <summary>About how much memory the stretches take.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>A place by creation.</summary>
    public static byte[] Place(long createdMs, ReadOnlySpan<byte> foldedKey)
    {
        var place = new byte[sizeof(long) + foldedKey.Length];
        BinaryPrimitives.WriteInt64BigEndian(place, createdMs);
        foldedKey.CopyTo(place.AsSpan(sizeof(long)));
        return place;
    }

    /// <summary>Where an object is in this list, itself or within a folder; null when it is not.</summary>
    public byte[]? PlaceOf(byte[] folded, long createdMs)
    {
        if (!folded.AsSpan().StartsWith(prefix))
        {
            return null;
        }

        return !byCreation ? folded : folded.AsSpan(prefix.Length).Contains((byte)'/') ? null : Place(createdMs, folded);
    }

    /// <summary>Whether an object at a place is in a stretch. Its start is the side of it that comes first.</summary>
    public bool IsWithin(byte[] place, byte[] start, byte[] end) => descending
        ? place.AsSpan().SequenceCompareTo(start) < 0 && place.AsSpan().SequenceCompareTo(end) >= 0
        : place.AsSpan().SequenceCompareTo(start) >= 0 && place.AsSpan().SequenceCompareTo(end) < 0;

    /// <summary>Compares in the list's direction.</summary>
    public int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        descending ? right.SequenceCompareTo(left) : left.SequenceCompareTo(right);

    public void Change(byte[] place, long number)
    {
        int at = IndexOf(place);
        foreach (int near in (ReadOnlySpan<int>)[at - 1, at]) // descending, a place that is a start belongs to the stretch before
        {
            if (near >= 0 && near < _stretches.Count && IsWithin(place, _stretches[near].Start, _stretches[near].End))
            {
                _stretches[near] = _stretches[near] with { Changed = number };
            }
        }
    }

    public (int Entries, byte[] End)? Jump(byte[] start, long committed, int most)
    {
        int at = IndexOf(start);
        if (at == _stretches.Count || Compare(_stretches[at].Start, start) != 0)
        {
            return null;
        }

        Stretch known = _stretches[at];
        return known.Changed <= known.Counted && known.Counted <= committed && known.Entries <= most ? (known.Entries, known.End) : null;
    }

    public byte[]? NextKnown(byte[] place)
    {
        int at = IndexOf(place);
        if (at < _stretches.Count && Compare(_stretches[at].Start, place) == 0)
        {
            return _stretches[at].End; // it ends where another begins, or will
        }

        return at < _stretches.Count ? _stretches[at].Start : null;
    }

    public void Note(byte[] start, byte[] end, int entries, long committed)
    {
        if (_isForgotten)
        {
            return;
        }

        int at = IndexOf(start);
        int until = at;
        if (at > 0 && Compare(_stretches[at - 1].End, start) > 0)
        {
            at--; // it was counted while a list that began within it was read
        }

        while (until < _stretches.Count && Compare(_stretches[until].Start, end) < 0)
        {
            until++;
        }

        for (int gone = at; gone < until; gone++)
        {
            SizeBytes -= SizeOf(_stretches[gone]);
        }

        _stretches.RemoveRange(at, until - at);
        var known = new Stretch(start, end, entries, committed, Changed: 0);
        _stretches.Insert(at, known);
        SizeBytes += SizeOf(known);
    }

    /// <summary>Drops all stretches for good: nobody tells of changes any more.</summary>
    public void Forget()
    {
        _isForgotten = true;
        _stretches.Clear();
        SizeBytes = 0;
    }

    private static int SizeOf(Stretch known) => StretchBytes + known.Start.Length + known.End.Length;

    /// <summary>Index of the first stretch that does not begin before a place.</summary>
    private int IndexOf(byte[] place)
    {
        int low = 0;
        int high = _stretches.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Compare(_stretches[middle].Start, place) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <param name="Counted">Number of a change that the count has.</param>
    /// <param name="Changed">Number of the last change since.</param>
    private readonly record struct Stretch(byte[] Start, byte[] End, int Entries, long Counted, long Changed);
}
