using Coffer.Client;

namespace Coffer.Cli.Connection;

/// <summary>Whose key a verb needs.</summary>
internal enum KeyKind
{
    /// <summary>An account's own.</summary>
    Service,

    /// <summary>The one for the whole server; never an account's.</summary>
    Operator,
}

/// <summary>The server and the key of a run, and where each was found, since a wrong one can only be mended there.</summary>
internal sealed record ServerConnection(Uri Url, string UrlSource, string Key, string KeySource)
{
    private const string DefaultUrl = "http://127.0.0.1:8484";

    /// <summary>Looks in the flags, then in the environment, then in what a server on this machine left in its data folder.</summary>
    /// <param name="environment">Looks up an environment variable; null when it is not set.</param>
    /// <exception cref="UsageException">There is no key, or the address is none.</exception>
    public static ServerConnection Resolve(
        string? urlFlag, string? keyFlag, string? dataFlag, KeyKind kind, Func<string, string?> environment)
    {
        var local = new LocalCredentials(dataFlag ?? Set(environment("COFFER_DATA")) ?? "./coffer-data");

        (string url, string urlSource) =
            Found(urlFlag, "--url")
            ?? FromEnvironment(environment, "COFFER_URL", "RUNLOOP_BASE_URL")
            ?? Found(local.Url, local.Path)
            ?? (DefaultUrl, "the default");
        Uri address = Uri.TryCreate(url, UriKind.Absolute, out Uri? parsed) && parsed.Scheme is "http" or "https"
            ? parsed
            : throw new UsageException($"'{url}' (from {urlSource}) is no address; write for example {DefaultUrl}");

        (string key, string keySource) =
            Found(keyFlag, "--key")
            ?? (kind is KeyKind.Service
                ? FromEnvironment(environment, "COFFER_API_KEY", "RUNLOOP_API_KEY")
                : FromEnvironment(environment, "COFFER_OPERATOR_KEY"))
            ?? FromLocal(local, address, kind)
            ?? throw new UsageException(kind is KeyKind.Service
                ? $"no API key for {url}; set COFFER_API_KEY, or name the data folder of a server on this machine with --data or COFFER_DATA"
                : $"no operator key for {url}; set COFFER_OPERATOR_KEY, or name the data folder of a server on this machine with "
                    + "--data or COFFER_DATA");
        return new ServerConnection(address, urlSource, key, keySource);
    }

    /// <exception cref="UsageException">The address or the key cannot be used.</exception>
    public CofferClient Open()
    {
        try
        {
            return new CofferClient(new CofferClientOptions
            {
                BaseUrl = Url,
                BearerToken = Key,
                MaxRetries = 3, // about 7 s: someone is waiting
                HttpClient = ReachableServer.NewHttpClient(Url),
            });
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"{Text.Clause(e.Message)}; the address is from {UrlSource}, the key from {KeySource}");
        }
    }

    // A key of this machine's server goes to that server, and not wherever --url or a variable points.
    private static (string, string)? FromLocal(LocalCredentials local, Uri address, KeyKind kind) =>
        address.IsLoopback || (Uri.TryCreate(local.Url, UriKind.Absolute, out Uri? own) && own == address)
            ? Found(kind is KeyKind.Service ? local.ApiKey : local.OperatorKey, local.Path)
            : null;

    private static (string, string)? FromEnvironment(Func<string, string?> environment, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Found(environment(name), name) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static (string Value, string Source)? Found(string? value, string source) =>
        Set(value) is { } text ? (text, source) : null;

    private static string? Set(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
