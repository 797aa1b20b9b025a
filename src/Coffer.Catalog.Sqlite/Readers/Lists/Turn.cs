namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>What a list may do on one snapshot.</summary>
/// <param name="committed">The last change of <see cref="FolderPositions"/> that the snapshot is certain to have.</param>
internal sealed class Turn(Connection db, long nowMs, int rows, long committed)
{
    /// <summary>Reading a whole row and judging it takes about as long as reading as many keys.</summary>
    private const int JudgedRow = 8;

    private int _left = rows;

    public Connection Db => db;

    public long Committed => committed;

    public bool IsOver => _left <= 0;

    /// <summary>How many rows were seen that expire some time, or have.</summary>
    public int Expiring { get; private set; }

    /// <summary>Counts a row that is read, or a place that is sought.</summary>
    public void Spend() => _left--;

    public void SpendOnJudging() => _left -= JudgedRow;

    public bool IsExpired(Statement row, int column)
    {
        if (row.IsNull(column))
        {
            return false;
        }

        Expiring++;
        return row.Integer(column) <= nowMs;
    }
}
