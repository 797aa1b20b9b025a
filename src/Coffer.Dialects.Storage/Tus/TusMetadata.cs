using System.Globalization;
using System.Text;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage.Tus;

/// <summary>The header <c>Upload-Metadata</c>: a list of names, each followed by its value in base64.</summary>
internal static class TusMetadata
{
    private const string Bucket = "bucketName";
    private const string Key = "objectName";
    private const string ContentType = "contentType";
    private const string CacheControl = "cacheControl";
    private const string ContentEncoding = "contentEncoding";
    private const string User = "metadata";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What an upload is to store. User metadata that is not here is taken from <c>x-metadata</c>, where one client sends it.</summary>
    /// <exception cref="TusRefusal">The header cannot be read.</exception>
    /// <exception cref="StorageRefusal">It names no bucket or no key, or an encoding that no header can hold.</exception>
    public static PutRequest Read(HttpRequest request)
    {
        Dictionary<string, string> said = Parse(request.Headers[TusHeaders.Metadata].ToString());
        if (!said.TryGetValue(Bucket, out string? bucket) || bucket.Length == 0)
        {
            throw new StorageRefusal(StorageErrors.For(StoreErrorCode.InvalidBucketName), "");
        }

        return new PutRequest(new ObjectAddress(bucket, StorageKey.Of(said.GetValueOrDefault(Key, ""))))
        {
            MediaType = said.TryGetValue(ContentType, out string? type) && type.Length > 0 ? type : MediaTypes.Unknown,
            CacheControl = long.TryParse(said.GetValueOrDefault(CacheControl), NumberStyles.None, CultureInfo.InvariantCulture, out long age)
                ? string.Create(CultureInfo.InvariantCulture, $"max-age={age}")
                : "no-cache",
            ContentEncoding = StorageHeaders.Sendable(
                said.GetValueOrDefault(ContentEncoding) is { Length: > 0 } encoding ? encoding : null, ContentEncoding),
            Metadata = said.TryGetValue(User, out string? json) ? UserMetadata.Read(Encoding.UTF8.GetBytes(json)) : UserMetadata.Of(request),
            Upsert = StorageHeaders.Upsert(request),
        };
    }

    public static string Write(PutRequest wanted)
    {
        (string Name, string? Value)[] pairs =
        [
            (Bucket, wanted.Address.Bucket), (Key, wanted.Address.Key), (ContentType, wanted.MediaType),
            (CacheControl, wanted.CacheControl), (ContentEncoding, wanted.ContentEncoding), (User, wanted.Metadata?.Json),
        ];
        return string.Join(',', pairs
            .Where(pair => pair.Value is not null)
            .Select(pair => $"{pair.Name} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value!))}"));
    }

    private static Dictionary<string, string> Parse(string header)
    {
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = pair.Split(' ');
            if (words.Length > 2 || !TryDecode(words.Length == 2 ? words[1] : "", out string? value) || !said.TryAdd(words[0], value))
            {
                throw TusErrors.Invalid(TusHeaders.Metadata);
            }
        }

        return said;
    }

    private static bool TryDecode(string base64, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? text)
    {
        byte[] bytes = new byte[base64.Length];
        try
        {
            text = Convert.TryFromBase64String(base64, bytes, out int length) ? Strict.GetString(bytes, 0, length) : null;
        }
        catch (DecoderFallbackException)
        {
            text = null;
        }

        return text is not null;
    }
}
