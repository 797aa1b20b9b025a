using System.Text;

namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>Judges rows of a list by what the covering indexes carry.</summary>
internal sealed class NameFilter(ObjectQuery query)
{
    /// <summary>What <see cref="Matches"/> looks at, from the fourth column on; the second is the id.</summary>
    public const string Columns = "class, name, media_type";

    private const int Id = 1;
    private const int Class = 3;
    private const int Name = 4;
    private const int MediaType = 5;

    private readonly (UInt128 First, UInt128 Last)? _ids = IdsBeginningWith(query.Search);
    private readonly NamePart? _name = query.NameContains is { } text ? new NamePart(text) : null;
    private readonly NamePart? _search = query.Search is { } text ? new NamePart(text) : null;

    /// <summary>The object that is searched by its whole id.</summary>
    public ObjectId? WholeId => _ids is { } ids && ids.First == ids.Last ? new ObjectId(ids.First) : null;

    /// <summary>Judges the row at which a statement is. Each column costs a call, so only those that are asked about are read.</summary>
    public bool Matches(Statement row)
    {
        if (query.Class is { } wanted && (ContentClass)row.Integer(Class) != wanted)
        {
            return false;
        }

        if (query.MediaType is { } type && !HasType(row.Utf8(MediaType), type))
        {
            return false;
        }

        if (_name is null && _search is null)
        {
            return true;
        }

        ReadOnlySpan<byte> name = row.Utf8(Name);
        return _name?.IsIn(name) is not false && (_search is null || HasSearchedId(row) || _search.IsIn(name));
    }

    private bool HasSearchedId(Statement row) => _ids is { } ids && row.Number128(Id) is var id && id >= ids.First && id <= ids.Last;

    /// <summary>Compares a stored media type without its parameters.</summary>
    private static bool HasType(ReadOnlySpan<byte> stored, string wanted)
    {
        int end = stored.IndexOf((byte)';');
        ReadOnlySpan<byte> bare = (end < 0 ? stored : stored[..end]).Trim(" \t"u8);
        return Ascii.EqualsIgnoreCase(bare, wanted);
    }

    private static (UInt128 First, UInt128 Last)? IdsBeginningWith(string? search)
    {
        if (search is null)
        {
            return null;
        }

        string text = search.ToLowerInvariant();
        if (ObjectId.Prefix.StartsWith(text, StringComparison.Ordinal))
        {
            return (0, UInt128.MaxValue);
        }

        string least = text.PadRight(ObjectId.Prefix.Length + 26, '0');
        string most = text.PadRight(ObjectId.Prefix.Length + 26, 'z');
        if (text.Length == ObjectId.Prefix.Length)
        {
            most = text + "7".PadRight(26, 'z'); // 26 digits hold 130 bits: the first one has room for three
        }

        return ObjectId.TryParse(least, out ObjectId first) && ObjectId.TryParse(most, out ObjectId last)
            ? (first.Value, last.Value)
            : null;
    }
}
