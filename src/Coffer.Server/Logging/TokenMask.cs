namespace Coffer.Server.Logging;

/// <summary>Takes out of a path what may be a bearer token: someone who mixes up token and id would else have it in the log.</summary>
internal static class TokenMask
{
    private const string Mask = "***";
    private const string TokenStart = "coffer_";
    private const string Keys = "/admin/v1/keys/";

    /// <summary>The path with <c>***</c> for each segment that begins as our tokens do, and for a key's id that is no UUID.</summary>
    /// <remarks>Paths without such a segment come back as they are, and cost no allocation.</remarks>
    public static ReadOnlySpan<char> Masked(ReadOnlySpan<char> path)
    {
        bool isKey = path.StartsWith(Keys, StringComparison.OrdinalIgnoreCase); // routes match in any letter case
        if (!isKey && !path.Contains(TokenStart, StringComparison.OrdinalIgnoreCase))
        {
            return path;
        }

        string[] segments = path.ToString().Split('/');
        for (int i = 0; i < segments.Length; i++)
        {
            bool isKeyId = isKey && i >= Keys.AsSpan().Count('/');
            if (segments[i].StartsWith(TokenStart, StringComparison.OrdinalIgnoreCase)
                || (isKeyId && segments[i].Length > 0 && !Guid.TryParseExact(segments[i], "D", out _)))
            {
                segments[i] = Mask;
            }
        }

        return string.Join('/', segments);
    }
}
