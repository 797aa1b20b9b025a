using System.Buffers;
using System.Collections.Concurrent;

namespace Coffer.IntegrationTests.Server;

/// <summary>The secrets that every server under test is started with. They are recognised wherever they leak to.</summary>
public static class Canary
{
    public const string Mark = "cAnArY";
    public const string ApiKey = Mark + " service key with spaces 5d41402abc4b2a76";
    public const string OperatorKey = Mark + "-operator-key-7d793037a0760186574b0282f2f435e7";
    public const string JwtSecret = Mark + "-jwt-secret-9e107d9d372bb6826bd81d3542a419d6";
    public const string SigningKey = Mark + "-signing-key-e4d909c290d0fb1ca068ffaddf22cbd0";

    /// <summary>Fails when a text that strangers may read holds a secret the server was started with, or one it has handed out.</summary>
    /// <param name="where">Names the text.</param>
    public static void SearchFor(Handed handed, string text, string where)
    {
        Assert.False(text.Contains(Mark, StringComparison.OrdinalIgnoreCase), $"a configured secret is in the {where}");
        string? found = handed.FindIn(text);
        Assert.True(found is null, $"{found} is in the {where}");
    }
}

/// <summary>What a server handed out in confidence: tokens of new keys, signatures of links.</summary>
public sealed class Handed
{
    private readonly ConcurrentDictionary<string, bool> _secrets = new(StringComparer.Ordinal);

    public IEnumerable<string> Secrets => _secrets.Keys;

    public void Add(string secret) => _secrets[secret] = true;

    /// <summary>The first secret in a text; null when there is none.</summary>
    public string? FindIn(string text)
    {
        string[] secrets = [.. Secrets];
        if (text.Length < 10_000)
        {
            return secrets.FirstOrDefault(secret => text.Contains(secret, StringComparison.Ordinal));
        }

        // A log of megabytes against thousands of signatures: all of them in one pass.
        int at = text.AsSpan().IndexOfAny(SearchValues.Create(secrets, StringComparison.Ordinal));
        return at < 0 ? null : secrets.First(secret => text.AsSpan(at).StartsWith(secret, StringComparison.Ordinal));
    }

    /// <summary>Remembers the signature of a link.</summary>
    public void AddLink(string url)
    {
        int start = url.IndexOf("signature=", StringComparison.Ordinal);
        if (start >= 0)
        {
            Add(url[(start + "signature=".Length)..].Split('&')[0]);
        }
    }
}
