using Coffer.Access;
using Coffer.Server.Configuration;

namespace Coffer.Server.Bootstrap;

/// <summary>Secrets of the bootstrap file, which may stand elsewhere so that the file can be shared.</summary>
internal static class BootstrapSecret
{
    private const string Environment = "env:";
    private const string File = "file:";
    private const string Hash = "sha256:";

    /// <exception cref="ConfigurationException">What it points to is missing or empty.</exception>
    public static string Resolve(string text, string what)
    {
        string? value = text switch
        {
            _ when text.StartsWith(Environment, StringComparison.Ordinal) => System.Environment.GetEnvironmentVariable(text[Environment.Length..]),
            _ when text.StartsWith(File, StringComparison.Ordinal) => ReadFile(text[File.Length..], what),
            _ => text,
        };
        return string.IsNullOrEmpty(value)
            ? throw new ConfigurationException($"{what} is empty: {(text.Contains(':', StringComparison.Ordinal) ? text : "it")} gives nothing")
            : value;
    }

    /// <summary>SHA-256 of a token, given in any of its forms, and whether the token can be guessed, which a hash does not tell.</summary>
    public static (byte[] Hash, bool IsShort) TokenHash(string text, string what)
    {
        if (!text.StartsWith(Hash, StringComparison.Ordinal))
        {
            string token = Resolve(text, what);
            return (AccessKey.HashOf(token), token.Length < AccessKeys.ShortestToken);
        }

        try
        {
            byte[] hash = Convert.FromHexString(text.AsSpan(Hash.Length));
            return hash.Length == 32 ? (hash, false) : throw new FormatException();
        }
        catch (FormatException)
        {
            throw new ConfigurationException($"{what} is not sha256: followed by 64 hex digits");
        }
    }

    private static string ReadFile(string path, string what)
    {
        try
        {
            return System.IO.File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{what} cannot be read from {path}: {unreadable.Message}");
        }
    }
}
