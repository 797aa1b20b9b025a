using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Coffer.Uploads;

namespace Coffer.Dialects.Storage.Tus;

/// <summary>What an upload is called in URLs: bucket, key and its 128 random bits, in base64url. The bits alone name it.</summary>
internal static class TusId
{
    private const int Digits = 32;

    public static string Write(ResumableUpload upload) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"{upload.Request.Address}/{upload.Id.Value:x32}")));

    /// <exception cref="StoreException">UploadNotFound.</exception>
    public static UploadId Read(string text)
    {
        if (Base64Url.IsValid(text))
        {
            ReadOnlySpan<byte> whole = Base64Url.DecodeFromChars(text);
            if (whole.Length > Digits && whole[^(Digits + 1)] == '/'
                && UInt128.TryParse(whole[^Digits..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 id))
            {
                return new UploadId(id);
            }
        }

        throw new StoreException(StoreErrorCode.UploadNotFound, "there is no such upload");
    }
}
