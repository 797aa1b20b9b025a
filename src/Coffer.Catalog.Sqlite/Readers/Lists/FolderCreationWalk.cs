namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>The files that lie directly in a folder, by creation: along an index, so that what comes before the page is only counted.</summary>
internal sealed class FolderCreationWalk(FolderQuery query, RowSight sight, FolderEntries page) : IListWalk
{
    private const string Ascending =
        """
        SELECT n, key, expires_ms, key_created_ms FROM object INDEXED BY object_folder
        WHERE state = 2 AND bucket = ?1 AND folder COLLATE NOCASE = ?2 AND (key_created_ms, key COLLATE NOCASE) > (?3, ?4)
        ORDER BY key_created_ms, key COLLATE NOCASE
        """;
    private const string Descending =
        """
        SELECT n, key, expires_ms, key_created_ms FROM object INDEXED BY object_folder
        WHERE state = 2 AND bucket = ?1 AND folder COLLATE NOCASE = ?2 AND (key_created_ms, key COLLATE NOCASE) < (?3, ?4)
        ORDER BY key_created_ms DESC, key COLLATE NOCASE DESC
        """;

    private long _atMs = query.Descending ? long.MaxValue : long.MinValue;
    private byte[] _at = [];

    public bool Read(Turn turn)
    {
        turn.Spend();
        using Statement rows = turn.Db.Prepared(query.Descending ? Descending : Ascending);
        rows.Bind(1, query.Bucket.Value).Bind(2, query.Prefix).Bind(3, _atMs).BindText(4, _at);
        while (!page.IsFull)
        {
            if (!rows.Step())
            {
                return true;
            }

            if (!turn.IsExpired(rows, 2))
            {
                Add(turn.Db, rows);
            }

            turn.Spend();
            if (turn.IsOver)
            {
                _atMs = rows.Integer(3);
                _at = rows.Utf8(1).ToArray();
                return page.IsFull;
            }
        }

        return true;
    }

    private void Add(Connection db, Statement row)
    {
        if (!sight.JudgesRows)
        {
            page.AddFile(db, row.Integer(0), found: null);
        }
        else if (sight.Judge(db, row.Integer(0), row.Utf8(1)) is { } found)
        {
            page.AddFile(db, row.Integer(0), found);
        }
    }
}
