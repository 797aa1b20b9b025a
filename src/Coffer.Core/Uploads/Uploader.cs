using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Coffer.Access;

namespace Coffer.Uploads;

/// <summary>Who sends an upload: a caller, or the bearer of a signed link.</summary>
/// <param name="Caller">Nobody for a link.</param>
/// <param name="Link">Null for a caller.</param>
/// <param name="Token">The text of the link's token; null for a caller.</param>
public sealed record Uploader(Caller Caller, UploadLink? Link = null, string? Token = null)
{
    /// <summary>The account that it acts in; null for nobody.</summary>
    internal AccountId? Account => Link?.Account ?? Caller.Account;

    /// <summary>The subject that is to own what it stores.</summary>
    internal string? Owner => Link is { } link ? link.Owner : Caller.Subject;

    /// <summary>Tells uploaders apart without keeping a token: account, role and subject; the key where there is no subject.</summary>
    internal byte[] Hash() => SHA256.HashData(Encoding.UTF8.GetBytes(Token is { } token
        ? $"link\n{token}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"caller\n{Caller.Account?.Value}\n{Caller.Role}\n{(Caller.Subject is { } subject ? $"subject {subject}" : $"key {Caller.Key}")}")));

    /// <summary>Whether it began this upload, or serves the account.</summary>
    internal bool MayContinue(ResumableUpload upload) =>
        Caller.Serves(upload.Account) || CryptographicOperations.FixedTimeEquals(Hash(), upload.UploaderHash.Span);
}
