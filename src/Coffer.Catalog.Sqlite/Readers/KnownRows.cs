using System.Diagnostics.CodeAnalysis;

namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>
/// Keeps rows of a table that many requests ask for and few change, until one is changed. A row that is missing is not kept.
/// </summary>
/// <remarks>
/// It never shows what SQLite would not show: from before a change is queued until it has ended everybody reads SQLite, and what was read
/// before the end of a change is not kept after it.
/// </remarks>
/// <param name="capacity">All are forgotten when one more would be kept.</param>
internal sealed class KnownRows<TKey, TRow>(int capacity)
    where TKey : notnull
    where TRow : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, TRow> _rows = [];
    private int _changing;
    private long _version;

    /// <param name="version">To be handed to <see cref="Add"/> with what the caller then reads itself.</param>
    public bool TryFind(TKey key, [NotNullWhen(true)] out TRow? row, out long version)
    {
        lock (_gate)
        {
            version = _version;
            return _rows.TryGetValue(key, out row);
        }
    }

    public void Add(TKey key, TRow? row, long version)
    {
        lock (_gate)
        {
            if (row is null || _changing > 0 || version != _version)
            {
                return;
            }

            if (_rows.Count >= capacity)
            {
                _rows.Clear();
            }

            _rows[key] = row;
        }
    }

    /// <summary>Runs a change of the table.</summary>
    public async Task<T> ChangeAsync<T>(Func<Task<T>> change)
    {
        Turn(1);
        try
        {
            return await change();
        }
        finally
        {
            Turn(-1); // also when it failed: its outcome may be open
        }
    }

    private void Turn(int changes)
    {
        lock (_gate)
        {
            _changing += changes;
            _version++;
            _rows.Clear();
        }
    }
}
