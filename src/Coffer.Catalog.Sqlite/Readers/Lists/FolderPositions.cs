using System.Text;

namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>
/// Remembers how many entries lie between places of a long folder, so that an offset far into it is not counted again each time.
/// The writer says which places it changes; only stretches around them are counted again.
/// </summary>
/// <param name="stretchEntries">How many entries a stretch has at least when it is counted for the first time.</param>
/// <param name="mostBytes">Memory for all that is remembered; the lists that were asked for longest ago are forgotten first.</param>
internal sealed class FolderPositions(int stretchEntries, long mostBytes)
{
    private const int MostMaps = 64;
    private const int MostChanges = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(BucketId Bucket, bool ByCreation, bool FoldersOnly, bool Descending, string Prefix), PositionMap> _maps = [];
    private readonly Queue<(long Number, BucketId Bucket, string Key, long CreatedMs)> _changes = new();
    private long _changed;
    private long _committed;
    private long _sizeBytes;
    private long _uses;

    public int StretchEntries => stretchEntries;

    /// <summary>About how much memory the stretches take.</summary>
    public long SizeBytes => Volatile.Read(ref _sizeBytes);

    /// <summary>Number of the last change that is certain to be in every snapshot taken from now on.</summary>
    public long Committed => Volatile.Read(ref _committed);

    /// <summary>For the writer: a READ_ONLY object appears, changes or goes in the running transaction.</summary>
    public void Change(StoredObject row)
    {
        lock (_gate)
        {
            _changed++;
            _changes.Enqueue((_changed, row.Bucket, row.Key, row.KeyCreatedAtMs));
            if (_changes.Count > MostChanges)
            {
                _changes.Dequeue();
            }

            byte[]? folded = null;
            foreach (((BucketId bucket, _, _, _, _), PositionMap map) in _maps)
            {
                if (bucket == row.Bucket && map.PlaceOf(folded ??= KeyBytes.Folded(KeyBytes.Of(row.Key)), row.KeyCreatedAtMs) is { } place)
                {
                    map.Change(place, _changed);
                }
            }
        }
    }

    /// <summary>For the writer: what it changed so far is committed or rolled back.</summary>
    public void Commit() => Volatile.Write(ref _committed, _changed); // only the writer counts

    public FolderSkips Of(FolderQuery query, FolderEntries page, bool byCreation, bool foldersOnly)
    {
        var key = (query.Bucket, byCreation, foldersOnly, query.Descending, Encoding.UTF8.GetString(KeyBytes.Folded(KeyBytes.Of(query.Prefix))));
        lock (_gate)
        {
            if (!_maps.TryGetValue(key, out PositionMap? map))
            {
                if (_maps.Count >= MostMaps)
                {
                    ForgetOldest();
                }

                _maps.Add(key, map = new PositionMap(byCreation, query.Descending, KeyBytes.Of(key.Item5)));
            }

            map.LastUse = ++_uses;
            return new FolderSkips(this, query.Bucket, map, page);
        }
    }

    /// <summary>What a stretch that begins here leads over.</summary>
    /// <param name="committed">The last change that the reader's snapshot is certain to have.</param>
    public (int Entries, byte[] End)? Jump(PositionMap map, byte[] start, long committed, int most)
    {
        lock (_gate)
        {
            return map.Jump(start, committed, most);
        }
    }

    /// <summary>The first place behind a place from which a stretch is known.</summary>
    public byte[]? NextKnown(PositionMap map, byte[] place)
    {
        lock (_gate)
        {
            return map.NextKnown(place);
        }
    }

    /// <summary>Remembers a stretch, unless it was changed since the reader took its snapshot, or that cannot be told any more.</summary>
    public void Note(PositionMap map, BucketId bucket, byte[] start, byte[] end, int entries, long committed)
    {
        lock (_gate)
        {
            bool isTold = _changed == committed || (_changes.TryPeek(out var oldest) && oldest.Number <= committed + 1);
            bool isChanged = !isTold || _changes.Any(change => change.Number > committed && change.Bucket == bucket
                && map.PlaceOf(KeyBytes.Folded(KeyBytes.Of(change.Key)), change.CreatedMs) is { } place && map.IsWithin(place, start, end));
            if (isChanged)
            {
                return;
            }

            long before = map.SizeBytes;
            map.Note(start, end, entries, committed);
            _sizeBytes += map.SizeBytes - before;
            while (_sizeBytes > mostBytes)
            {
                ForgetOldest();
            }
        }
    }

    /// <remarks>A list that is being read may still hold the map, which must know nothing from now on.</remarks>
    private void ForgetOldest()
    {
        (var key, PositionMap oldest) = _maps.MinBy(entry => entry.Value.LastUse);
        _maps.Remove(key);
        _sizeBytes -= oldest.SizeBytes;
        oldest.Forget();
    }
}
