using System.Text;
using Coffer.Buckets;
using Coffer.Catalog;
using Coffer.Objects;

namespace Coffer.ConformanceTests.Catalog;

/// <summary>Keys that are awkward to sort, and every kind of question about them.</summary>
internal sealed class RandomLists(int seed)
{
    private static readonly KeySort[] Sorts = Enum.GetValues<KeySort>();
    private static readonly string[] Parts =
    [
        "a", "A", "b", "B", "ab", "/", "/", "//", "@", "[", "`", "ü", "\U0001F600", "\U0010FFFF", "\uD7FF", "\uE000", "\u007F", "\uFFFF", "Z", "0",
    ];

    private readonly Random _random = new(seed);
    private IReadOnlyList<StoredObject> _live = [];

    /// <summary>Writes objects, then writes some again, deletes some and reads some.</summary>
    /// <param name="like">Where they are to be.</param>
    /// <returns>Those that are alive at the end.</returns>
    public async Task<IReadOnlyList<StoredObject>> FillAsync(ICatalog catalog, NewObject like, Action<TimeSpan> moveClock)
    {
        var live = new Dictionary<string, StoredObject>(StringComparer.Ordinal);
        while (live.Count < 400)
        {
            string key = Key(1, 6);
            if (live.ContainsKey(key))
            {
                continue;
            }

            // Several share a time; those whose keys differ in letter case only do not, for then their order is not promised.
            bool hasTwin = live.Keys.Any(other => string.Equals(other, key, StringComparison.OrdinalIgnoreCase));
            moveClock(TimeSpan.FromMilliseconds(hasTwin || _random.Next(3) == 0 ? 1 : 0));
            live.Add(key, await PutAsync(key));
        }

        var reads = new Dictionary<ObjectId, long>();
        foreach (string key in live.Keys.ToList())
        {
            switch (_random.Next(6))
            {
                case 0:
                    moveClock(TimeSpan.FromMilliseconds(_random.Next(2)));
                    live[key] = await PutAsync(key);
                    break;
                case 1:
                    await catalog.DeleteObjectAsync(live[key].Id, CancellationToken.None);
                    live.Remove(key);
                    break;
                case 2:
                    long readMs = catalog.NowMs + _random.Next(3);
                    reads.Add(live[key].Id, readMs);
                    live[key] = live[key] with { LastReadAtMs = readMs };
                    break;
                default:
                    break;
            }
        }

        await catalog.NoteUseAsync(new CoarseTimes(reads, []), CancellationToken.None);
        return _live = [.. live.Values];

        Task<StoredObject> PutAsync(string key) => catalog.PutObjectAsync(
            like with { Id = catalog.MintObjectId(), Key = key, Name = key },
            new NewContent { SizeBytes = 1, ETag = "tag", Inline = new byte[1] },
            CancellationToken.None);
    }

    public FolderQuery FolderQuery(BucketId bucket)
    {
        string prefix = Prefix();
        return new FolderQuery
        {
            Bucket = bucket,
            Prefix = prefix,
            NameStart = prefix.LastIndexOf('/') + 1,
            Sort = Sorts[_random.Next(Sorts.Length)],
            Descending = _random.Next(2) == 0,
            Offset = _random.Next(3) == 0 ? 0 : _random.Next(60),
            Limit = _random.Next(1, 30),
            Filter = Filter(),
        };
    }

    public SortedKeyQuery KeyQuery(BucketId bucket)
    {
        KeySort sort = Sorts[_random.Next(Sorts.Length)];
        return new SortedKeyQuery
        {
            Bucket = bucket,
            Prefix = Prefix(),
            Delimiter = _random.Next(4) switch { 0 => null, 1 => "//", 2 => sort is KeySort.Name ? "B" : "\U0010FFFF", _ => "/" },
            Sort = sort,
            Descending = _random.Next(2) == 0,
            After = _random.Next(2) == 0 ? null : new KeyCursor(Key(1, 4), _live[_random.Next(_live.Count)].KeyCreatedAtMs),
            Limit = _random.Next(1, 20),
            Filter = Filter(),
        };
    }

    public int Next(int below) => _random.Next(below);

    public static void Same<T>(object query, List<T> expected, List<T> seen) =>
        Assert.True(expected.SequenceEqual(seen), $"{query}: expected {string.Join('|', expected)}, saw {string.Join('|', seen)}");

    private string Key(int least, int most) =>
        string.Concat(Enumerable.Range(0, _random.Next(least, most + 1)).Select(_ => Parts[_random.Next(Parts.Length)]));

    private string Prefix() => _random.Next(3) switch { 0 => "", 1 => Key(1, 1), _ => Key(1, 3) };

    private RowFilter? Filter()
    {
        int hidden = _random.Next(2, 5);
        var shown = new RowFilter { Shows = row => row.Key.Length % hidden != 0 };
        return _random.Next(4) switch
        {
            0 => shown,
            1 => shown with { Prefixes = Apart([.. Enumerable.Range(0, _random.Next(4)).Select(_ => Key(1, 2)).Distinct(StringComparer.Ordinal)]) },
            _ => null,
        };
    }

    /// <summary>In the order of their bytes, none the beginning of another.</summary>
    private static List<string> Apart(List<string> prefixes) =>
    [
        .. prefixes.Where(prefix => !prefixes.Exists(other => other != prefix && prefix.StartsWith(other, StringComparison.Ordinal)))
            .OrderBy(Encoding.UTF8.GetBytes, Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right))),
    ];
}
