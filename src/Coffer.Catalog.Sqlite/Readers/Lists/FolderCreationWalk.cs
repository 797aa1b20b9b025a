using System.Buffers.Binary;

namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>The files that lie directly in a folder, by creation: along an index, so that what comes before the page is only counted.</summary>
internal sealed class FolderCreationWalk(FolderQuery query, RowSight sight, FolderEntries page, FolderSkips? skips) : IListWalk
{
    private const string Ascending =
        """
        SELECT n, key, expires_ms, key_created_ms FROM object INDEXED BY object_folder
        WHERE state = 2 AND bucket = ?1 AND folder COLLATE NOCASE = ?2 AND (key_created_ms, key COLLATE NOCASE) >= (?3, ?4)
        ORDER BY key_created_ms, key COLLATE NOCASE
        """;
    private const string Descending =
        """
        SELECT n, key, expires_ms, key_created_ms FROM object INDEXED BY object_folder
        WHERE state = 2 AND bucket = ?1 AND folder COLLATE NOCASE = ?2 AND (key_created_ms, key COLLATE NOCASE) < (?3, ?4)
        ORDER BY key_created_ms DESC, key COLLATE NOCASE DESC
        """;

    /// <summary>Where to look on, as <see cref="PositionMap.Place"/> writes it: from here when ascending, else below.</summary>
    private byte[] _at = PositionMap.Place(query.Descending ? long.MaxValue : 0, []);

    public bool Read(Turn turn)
    {
        while (!page.IsFull)
        {
            if (turn.IsOver)
            {
                return false;
            }

            if (ReadFrom(turn))
            {
                break;
            }
        }

        return true;
    }

    /// <returns>Whether the end was reached, or the page is full; false when it is to go on elsewhere, or the turn is over.</returns>
    private bool ReadFrom(Turn turn)
    {
        turn.Spend();
        using Statement rows = turn.Db.Prepared(query.Descending ? Descending : Ascending);
        rows.Bind(1, query.Bucket.Value).Bind(2, query.Prefix).Bind(3, BinaryPrimitives.ReadInt64BigEndian(_at))
            .BindText(4, _at[sizeof(long)..]);
        bool isFirst = true;
        byte[]? last = null; // when something is to be done between two files: the place of the one before
        while (rows.Step())
        {
            if (isFirst || last is not null)
            {
                byte[] here = PlaceBefore(rows);
                if (isFirst || !here.AsSpan().SequenceEqual(last))
                {
                    byte[] next = skips?.IsDue(turn) ?? false ? skips.At(here, turn) : here;
                    if (next != here || (turn.IsOver && !isFirst))
                    {
                        _at = next;
                        return false;
                    }
                }
            }

            if (!turn.IsExpired(rows, 2))
            {
                Add(turn, rows);
                if (page.IsFull)
                {
                    return true;
                }
            }

            turn.Spend();
            isFirst = false;
            last = turn.IsOver || (skips?.IsDue(turn) ?? false) ? PlaceBefore(rows) : null;
        }

        return true;
    }

    private byte[] PlaceBefore(Statement row)
    {
        byte[] folded = KeyBytes.Folded(row.Utf8(1));
        return PositionMap.Place(row.Integer(3), query.Descending ? KeyBytes.After(folded) : folded);
    }

    private void Add(Turn turn, Statement row)
    {
        if (!sight.JudgesRows)
        {
            page.AddFile(turn.Db, row.Integer(0));
        }
        else if (sight.Judge(turn, row.Integer(0), row.Utf8(1)) is { } found)
        {
            page.AddFile(found);
        }
    }
}
