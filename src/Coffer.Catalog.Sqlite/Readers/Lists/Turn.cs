namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>What a list may do on one snapshot.</summary>
internal sealed class Turn(Connection db, long nowMs, int rows)
{
    private int _left = rows;

    public Connection Db => db;

    public bool IsOver => _left <= 0;

    /// <summary>Counts a row that is read, or a place that is sought.</summary>
    public void Spend() => _left--;

    public void Spend(int rows) => _left -= rows;

    public int Left => _left;

    public bool IsExpired(Statement row, int column) => !row.IsNull(column) && row.Integer(column) <= nowMs;
}
