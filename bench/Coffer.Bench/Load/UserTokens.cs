using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Load;

/// <summary>What a sign-in service would give to users: JSON Web Tokens that the account's secret signs (HS256).</summary>
internal static class UserTokens
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    /// <summary>Name of a user, which is also the folder that the preset own-folder opens.</summary>
    public static string UserName(int user) => string.Create(CultureInfo.InvariantCulture, $"user-{user:D4}");

    public static string Of(int user)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string header = Encode("""{"alg":"HS256","typ":"JWT"}""");
        string claims = Encode(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"aud":"authenticated","role":"authenticated","sub":"{{UserName(user)}}","iat":{{now}},"exp":{{now + (long)Life.TotalSeconds}}}"""));
        byte[] signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(CofferServer.JwtSecret), Encoding.ASCII.GetBytes($"{header}.{claims}"));
        return $"{header}.{claims}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
