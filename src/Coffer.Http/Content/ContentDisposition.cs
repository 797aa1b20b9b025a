using System.Text;

namespace Coffer.Http.Content;

/// <summary>The Content-Disposition header (RFC 6266, RFC 8187).</summary>
public static class ContentDisposition
{
    /// <summary>Offers the content as a file; the plain name is for clients that do not know the extended form.</summary>
    public static string Attachment(string name)
    {
        var header = new StringBuilder("attachment; filename=\"", 64 + (2 * name.Length));
        bool plain = true;
        foreach (char character in name)
        {
            bool keep = character is >= ' ' and <= '~' and not ('"' or '\\' or '%' or '/');
            plain &= keep;
            header.Append(keep ? character : '_');
        }

        header.Append('"');
        return plain ? header.ToString() : header.Append("; filename*=UTF-8''").Append(Uri.EscapeDataString(name)).ToString();
    }
}
