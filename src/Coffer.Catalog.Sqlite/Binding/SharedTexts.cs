using System.Text;

namespace Coffer.Catalog.Sqlite.Binding;

/// <summary>Strings of texts that were read lately, so that a page of a thousand PNG files holds <c>image/png</c> once.</summary>
internal sealed class SharedTexts
{
    private const int Places = 64;
    private const int MostBytes = 64;

    private readonly (byte[] Utf8, string Text)[] _kept = new (byte[], string)[Places];

    public string StringOf(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MostBytes)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref (byte[] Utf8, string Text) kept = ref _kept[PlaceOf(utf8)];
        if (kept.Text is null || !utf8.SequenceEqual(kept.Utf8))
        {
            kept = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        }

        return kept.Text;
    }

    /// <summary>From a few bytes: media types differ in them, and whoever shares a place loses nothing but the sharing.</summary>
    private static int PlaceOf(ReadOnlySpan<byte> utf8) => ((((utf8.Length * 31) + utf8[^1]) * 31) + utf8[utf8.Length / 2]) % Places;
}
