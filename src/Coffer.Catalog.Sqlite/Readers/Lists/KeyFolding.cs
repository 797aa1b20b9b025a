using System.Text;

namespace Coffer.Catalog.Sqlite.Readers.Lists;

/// <summary>What keys are folded into: everything up to the first delimiter behind the prefix.</summary>
internal readonly struct KeyFolding(SortedKeyQuery query)
{
    private readonly int _prefixLength = Encoding.UTF8.GetByteCount(query.Prefix);
    private readonly byte[]? _delimiter = string.IsNullOrEmpty(query.Delimiter) ? null : KeyBytes.Of(query.Delimiter);

    /// <returns>Length of the folder's text, delimiter included; 0 when the key is in none.</returns>
    public int FolderLength(ReadOnlySpan<byte> key)
    {
        if (_delimiter is null || key.Length < _prefixLength)
        {
            return 0;
        }

        int cut = key[_prefixLength..].IndexOf(_delimiter);
        return cut < 0 ? 0 : _prefixLength + cut + _delimiter.Length;
    }
}
