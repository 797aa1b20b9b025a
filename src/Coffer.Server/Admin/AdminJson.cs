using System.Text.Json;
using Coffer.Access;

namespace Coffer.Server.Admin;

/// <summary>The two forms of a new key: the token itself, and a JSON Web Token that stands for it.</summary>
internal sealed record KeyTokens(string Token, string WebToken);

/// <summary>Accounts and keys as the admin routes show them.</summary>
internal static class AdminJson
{
    public static void WriteAccount(Utf8JsonWriter json, Account account)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, account.Name);
        json.WriteNumber("created_at_ms"u8, account.CreatedAtMs);
        json.WriteEndObject();
    }

    /// <param name="caller">Who asks: the key that the request came with is marked.</param>
    /// <param name="tokens">Only in the answer that made the key.</param>
    public static void WriteKey(
        Utf8JsonWriter json, AccessKey key, Func<AccountId, string> accountName, Caller caller, KeyTokens? tokens = null)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, key.Id);
        if (tokens is not null)
        {
            json.WriteString("token"u8, tokens.Token);
            json.WriteString("jwt"u8, tokens.WebToken);
        }

        json.WriteString("account"u8, accountName(key.Account));
        json.WriteString("right"u8, key.Right.ToString().ToLowerInvariant());
        json.WriteString("label"u8, key.Label);
        json.WriteString("subject"u8, key.Subject);
        json.WriteNumber("created_at_ms"u8, key.CreatedAtMs);
        WriteTime("last_used_at_ms"u8, key.LastUsedAtMs);
        WriteTime("revoked_at_ms"u8, key.RevokedAtMs);
        json.WriteBoolean("is_current"u8, key.Id == caller.Key);
        json.WriteEndObject();

        void WriteTime(ReadOnlySpan<byte> name, long? timeMs)
        {
            if (timeMs is { } known)
            {
                json.WriteNumber(name, known);
            }
            else
            {
                json.WriteNull(name);
            }
        }
    }
}
