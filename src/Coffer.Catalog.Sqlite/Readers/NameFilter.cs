using System.Text;
using System.Text.Unicode;

namespace Coffer.Catalog.Sqlite.Readers;

/// <summary>Judges rows of a list by what the covering indexes carry.</summary>
internal sealed class NameFilter(ObjectQuery query)
{
    private const int StackChars = 512;

    private readonly (UInt128 First, UInt128 Last)? _ids = IdsBeginningWith(query.Search);

    /// <summary>The object that is searched by its whole id.</summary>
    public ObjectId? WholeId => _ids is { } ids && ids.First == ids.Last ? new ObjectId(ids.First) : null;

    public bool Matches(UInt128 id, ContentClass @class, ReadOnlySpan<byte> name, ReadOnlySpan<byte> mediaType)
    {
        if (query.Class is { } wanted && @class != wanted)
        {
            return false;
        }

        if (query.MediaType is { } type && !HasType(mediaType, type))
        {
            return false;
        }

        if (query.NameContains is null && query.Search is null)
        {
            return true;
        }

        bool isNamed = query.Search is null || (_ids is { } ids && id >= ids.First && id <= ids.Last);
        if (isNamed && query.NameContains is null)
        {
            return true;
        }

        Span<char> buffer = stackalloc char[StackChars];
        Span<char> text = name.Length <= StackChars ? buffer : new char[name.Length];
        Utf8.ToUtf16(name, text, out _, out int length);
        ReadOnlySpan<char> decoded = text[..length];
        return (query.NameContains is null || decoded.Contains(query.NameContains, StringComparison.OrdinalIgnoreCase))
            && (isNamed || decoded.Contains(query.Search, StringComparison.OrdinalIgnoreCase));
    }

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
