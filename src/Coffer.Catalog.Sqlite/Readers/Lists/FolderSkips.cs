using System.Diagnostics.CodeAnalysis;

namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>Passes over known stretches of a folder, and makes those known that it has to count, while a page's beginning is sought.</summary>
internal sealed class FolderSkips(FolderPositions positions, BucketId bucket, PositionMap map, FolderEntries page)
{
    private Turn? _turn;
    private byte[]? _start;
    private byte[]? _next;
    private int _toSkipAtStart;
    private int _expiringAtStart;

    /// <summary>Whether <see cref="At"/> wants to be told of the next place between two entries.</summary>
    public bool IsDue(Turn turn) => page.ToSkip > 0 && (_start is null || _next is not null || _turn != turn || Counted >= positions.StretchEntries);

    private int Counted => _toSkipAtStart - page.ToSkip;

    /// <summary>Says that the list is at a place between two entries.</summary>
    /// <returns>The place to go on from: this one, or one further on.</returns>
    public byte[] At(byte[] place, Turn turn)
    {
        if (_turn != turn || _start is null)
        {
            Begin(place, turn); // a count that is cut by the end of a snapshot is given up
        }

        while (_next is not null && map.Compare(place, _next) >= 0)
        {
            Note(_next);
            Begin(_next, turn);
            if (map.Compare(_start, place) > 0)
            {
                place = _start;
            }
        }

        if (_next is null && Counted >= positions.StretchEntries)
        {
            Note(place);
            Begin(place, turn);
        }

        return map.Compare(_start, place) > 0 ? _start : place;
    }

    /// <summary>Begins a stretch, behind all those that are known from here on.</summary>
    [MemberNotNull(nameof(_start))]
    private void Begin(byte[] place, Turn turn)
    {
        while (positions.Jump(map, place, turn.Committed, page.ToSkip) is var (entries, end))
        {
            page.Skip(entries);
            place = end;
        }

        _turn = turn;
        _start = place;
        _next = positions.NextKnown(map, place);
        _toSkipAtStart = page.ToSkip;
        _expiringAtStart = turn.Expiring;
    }

    private void Note(byte[] end)
    {
        if (_expiringAtStart == _turn!.Expiring) // what expires leaves the list without a change
        {
            positions.Note(map, bucket, _start!, end, Counted, _turn.Committed);
        }
    }
}
