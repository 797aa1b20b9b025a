namespace Coffer.Server.Logging;

/// <summary>
/// Takes out of a path what is a secret, or may be one: someone who mixes up token and id would else have it in the log, and what a
/// resumable upload is called is all that keeps strangers with the same rights from continuing it.
/// </summary>
internal static class TokenMask
{
    private const string Mask = "***";
    private const string TokenStart = "coffer_";
    private const string WebTokenStart = "eyJ"; // {" in base64url, as every JSON Web Token begins
    private const string Keys = "/admin/v1/keys/";
    private const string Uploads = "/upload/resumable/";
    private const string Signed = "sign";

    /// <summary>
    /// The path with <c>***</c> for each segment that begins as our tokens do or has the form of a JSON Web Token, for a key's id that is
    /// no UUID, and for the name of an upload.
    /// </summary>
    /// <remarks>Paths without such a segment come back as they are, and cost no allocation.</remarks>
    public static ReadOnlySpan<char> Masked(ReadOnlySpan<char> path)
    {
        bool isKey = path.StartsWith(Keys, StringComparison.OrdinalIgnoreCase); // routes match in any letter case
        int secret = isKey ? Keys.Length : UploadStart(path);
        if (secret < 0 && !path.Contains(TokenStart, StringComparison.OrdinalIgnoreCase) && !path.Contains(WebTokenStart, StringComparison.Ordinal))
        {
            return path;
        }

        string[] segments = path.ToString().Split('/');
        int from = secret < 0 ? int.MaxValue : path[..secret].TrimEnd('/').Count('/') + 1;
        for (int i = 0; i < segments.Length; i++)
        {
            bool isSecret = i >= from && segments[i].Length > 0 && !(isKey && Guid.TryParseExact(segments[i], "D", out _));
            if (isSecret || segments[i].StartsWith(TokenStart, StringComparison.OrdinalIgnoreCase) || IsWebToken(segments[i]))
            {
                segments[i] = Mask;
            }
        }

        return string.Join('/', segments);
    }

    /// <summary>Where the name of an upload begins; negative when the path holds none.</summary>
    private static int UploadStart(ReadOnlySpan<char> path)
    {
        int word = path.IndexOf(Uploads, StringComparison.OrdinalIgnoreCase);
        if (word < 0)
        {
            return -1;
        }

        int start = word + Uploads.Length;
        bool isSigned = path[start..].StartsWith(Signed, StringComparison.OrdinalIgnoreCase) && path[(start + Signed.Length)..] is "" or ['/', ..];
        return isSigned ? start + Signed.Length : start;
    }

    private static bool IsWebToken(string segment) =>
        segment.StartsWith(WebTokenStart, StringComparison.Ordinal) && segment.AsSpan().Count('.') == 2;
}
