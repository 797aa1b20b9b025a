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
}

/// <summary>What a server handed out in confidence: tokens of new keys, signatures of links.</summary>
public sealed class Handed
{
    private readonly ConcurrentDictionary<string, bool> _secrets = new(StringComparer.Ordinal);

    public IEnumerable<string> Secrets => _secrets.Keys;

    public void Add(string secret) => _secrets[secret] = true;

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
