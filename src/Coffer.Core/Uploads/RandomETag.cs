using System.Security.Cryptography;

namespace Coffer.Uploads;

/// <summary>The entity tag of content whose MD5 was not counted.</summary>
internal static class RandomETag
{
    /// <summary>In the form that S3 gives to what came in parts: clients know it not to be an MD5.</summary>
    public static string New() => $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}-1";
}
