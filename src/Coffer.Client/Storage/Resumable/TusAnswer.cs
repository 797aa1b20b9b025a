using System.Globalization;

namespace Coffer.Client;

/// <summary>What the head of a TUS answer says.</summary>
internal sealed record TusAnswer(long? Offset, long? Length, string? UploadId)
{
    public static TusAnswer Of(HttpResponseMessage answer) => new(
        Number(answer, "Upload-Offset"), Number(answer, "Upload-Length"), IdIn(answer.Headers.Location?.OriginalString));

    /// <summary>
    /// The last segment of the upload's address. The rest of it is the server's idea of its own address, which may be another
    /// than the one we reach it by, and the key is not for just any address.
    /// </summary>
    public static string? IdIn(string? location)
    {
        string path = location?.Split('?', '#')[0].TrimEnd('/') ?? "";
        string id = path[(path.LastIndexOf('/') + 1)..];
        return id is "" or "." or ".." ? null : Uri.EscapeDataString(Uri.UnescapeDataString(id));
    }

    private static long? Number(HttpResponseMessage answer, string header) =>
        answer.Headers.TryGetValues(header, out IEnumerable<string>? values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;
}
