using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Coffer.Access;

/// <summary>
/// JSON Web Tokens that were found genuine, so that each is taken apart and verified once. Kept by hash: who reads the memory learns
/// what tokens say, but no token.
/// </summary>
/// <remarks>Whether one is in time, and its key not revoked, is looked at each time. All are forgotten when they become too many.</remarks>
internal sealed class KnownTokens
{
    private const int MostCharacters = 4 << 20; // claims take about as many bytes

    private readonly ConcurrentDictionary<(UInt128, UInt128), KnownToken> _tokens = new();
    private long _characters;

    /// <summary>What is known of a token; null when it is nothing, or from before the account that signed it was changed.</summary>
    /// <param name="token">In compact form, no longer than <see cref="JsonWebToken.MaxLength"/>.</param>
    /// <param name="accounts">The accounts as they are now.</param>
    public KnownToken? Find(string token, KeyedAccounts accounts) =>
        _tokens.TryGetValue(DigestOf(token), out KnownToken? known) && accounts.Has(known.Signer) ? known : null;

    public void Add(string token, KnownToken known)
    {
        if (Interlocked.Add(ref _characters, token.Length) > MostCharacters)
        {
            _tokens.Clear();
            Interlocked.Exchange(ref _characters, token.Length);
        }

        _tokens[DigestOf(token)] = known;
    }

    private static (UInt128 First, UInt128 Second) DigestOf(string token)
    {
        Span<byte> text = stackalloc byte[token.Length];
        Encoding.ASCII.GetBytes(token, text); // other characters become '?', which no genuine token has
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, digest);
        return (BinaryPrimitives.ReadUInt128BigEndian(digest), BinaryPrimitives.ReadUInt128BigEndian(digest[16..]));
    }
}

/// <summary>A token whose signature is right.</summary>
/// <param name="Signer">The account that signed it, as it was then: it may have other secrets by now.</param>
/// <param name="Caller">Whom it speaks for, with its claims, while it is in time and its key is not revoked.</param>
internal sealed record KnownToken(KeyedAccount Signer, Caller Caller);
