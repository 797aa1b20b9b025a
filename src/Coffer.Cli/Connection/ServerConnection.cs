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
        Uri address = Address(url, urlSource);

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

    /// <summary>An address as it is meant: on this machine, <c>127.0.0.1:8484</c> says enough.</summary>
    private static Uri Address(string text, string source)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        // Elsewhere the key would go over the network, and nobody has said that it may do so unencrypted.
        bool isHostAndPort = Uri.TryCreate($"http://{text}", UriKind.Absolute, out Uri? bare)
            && text.Contains($":{bare.Port}", StringComparison.Ordinal);
        return isHostAndPort && bare!.IsLoopback ? bare
            : throw new UsageException(isHostAndPort
                ? $"'{text}' (from {source}) has no scheme; write https://{text} or http://{text}"
                : $"'{text}' (from {source}) is no address; write for example {DefaultUrl}");
    }

    // A key of this machine's server goes to that server, and not wherever --url or a variable points.
    private static (string, string)? FromLocal(LocalCredentials local, Uri address, KeyKind kind) =>
        Uri.TryCreate(local.Url ?? DefaultUrl, UriKind.Absolute, out Uri? own) && IsOf(own, address)
            ? Found(kind is KeyKind.Service ? local.ApiKey : local.OperatorKey, local.Path)
            : null;

    /// <summary>
    /// Whether an address is the server's. Behind another port of this machine may be a tunnel to another's; only a server that calls
    /// itself by a public name does not say which port is its own.
    /// </summary>
    private static bool IsOf(Uri own, Uri address) => address.IsLoopback && own.IsLoopback
        ? (address.Scheme, address.Port) == (own.Scheme, own.Port)
        : address.IsLoopback || Uri.Compare(address, own, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;

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
