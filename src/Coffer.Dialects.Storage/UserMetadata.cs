using System.Text.Json;
using Coffer.Objects;
using Microsoft.AspNetCore.Http;

namespace Coffer.Dialects.Storage;

/// <summary>What users attach to objects: a JSON object. One that cannot be read is as good as none, as clients are used to.</summary>
internal static class UserMetadata
{
    /// <summary>The header <c>x-metadata</c>, in base64.</summary>
    public static ObjectMetadata? Of(HttpRequest request)
    {
        string? text = request.Headers["x-metadata"];
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        byte[] json = new byte[text.Length];
        return Convert.TryFromBase64String(text, json, out int length) ? Read(json.AsMemory(0, length)) : null;
    }

    /// <exception cref="StorageRefusal">It is too large.</exception>
    public static ObjectMetadata? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return ObjectMetadata.FromJson(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or StoreException { Code: StoreErrorCode.InvalidArgument })
        {
            return null;
        }
        catch (StoreException refused) when (refused.Code is StoreErrorCode.TooLarge)
        {
            throw new StorageRefusal(StorageErrors.MetadataTooLarge, refused.Message);
        }
    }
}
