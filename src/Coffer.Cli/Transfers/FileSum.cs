using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Coffer.Client;

namespace Coffer.Cli.Transfers;

/// <summary>The MD5 of a file, in hex: here, in an entity tag, or kept with a file that was uploaded in pieces.</summary>
internal static class FileSum
{
    /// <summary>The pair of the metadata that holds it, where the server's entity tag is none.</summary>
    public const string Name = "coffer_md5";

    /// <exception cref="IOException">The file is gone, or cannot be read.</exception>
    public static async Task<string> OfAsync(FileInfo file, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        await using FileStream content = file.OpenRead();
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        byte[] buffer = new byte[(int)Math.Clamp(file.Length, 1, 256 * 1024)];
        long done = 0;
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            md5.AppendData(buffer.AsSpan(0, read));
            done += read;
            progress?.Report(new TransferProgress(done, file.Length));
        }

        return Convert.ToHexStringLower(md5.GetHashAndReset());
    }

    /// <summary>Null for an entity tag that is no MD5: it says nothing about the bytes.</summary>
    public static string? InETag(string? etag) => Checked(etag?.Trim('"'));

    /// <summary>Null where none is kept, as by an upload of anything else than <c>sync</c>.</summary>
    public static string? In(JsonObject? metadata) =>
        metadata?[Name] is JsonValue value && value.TryGetValue(out string? text) ? Checked(text) : null;

    private static string? Checked(string? text) =>
        text?.Length == 32 && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)
            ? text.ToLowerInvariant()
            : null;
}
