using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Coffer.Catalog;

namespace Coffer.Dialects.Storage;

/// <summary>Where a page ended, and in which order it was read. Opaque to clients; whoever makes one up sees nothing that a list would not show.</summary>
internal sealed record ListCursor(KeySort Sort, bool Descending, KeyCursor After)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Column, order, time and name, apart by line ends, which no key holds.</summary>
    public override string ToString() => Base64Url.EncodeToString(
        Encoding.UTF8.GetBytes($"{Sort}\n{(Descending ? "desc" : "asc")}\n{After.TimeMs?.ToString(CultureInfo.InvariantCulture)}\n{After.Name}"));

    /// <exception cref="StorageRefusal">InvalidParameter.</exception>
    public static ListCursor Parse(string text)
    {
        try
        {
            if (Strict.GetString(Base64Url.DecodeFromChars(text)).Split('\n', 4) is [var sort, var order, var time, { Length: > 0 } name]
                && Enum.TryParse(sort, out KeySort column) && column is KeySort.Name or KeySort.CreatedAt or KeySort.UpdatedAt
                && order is "asc" or "desc"
                && TimeOf(time, column, out long? timeMs))
            {
                return new ListCursor(column, order is "desc", new KeyCursor(name, timeMs));
            }
        }
        catch (Exception unreadable) when (unreadable is FormatException or DecoderFallbackException)
        {
            // said below
        }

        throw new StorageRefusal(StorageErrors.InvalidParameter, "Invalid Parameter continuation token");
    }

    private static bool TimeOf(string text, KeySort column, out long? timeMs)
    {
        timeMs = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
        return (column is KeySort.Name) == (timeMs is null);
    }
}
