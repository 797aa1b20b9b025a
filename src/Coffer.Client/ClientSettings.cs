namespace Coffer.Client;

/// <summary>The options of a client, checked and completed from the environment.</summary>
internal sealed class ClientSettings
{
    private static readonly Uri DefaultUrl = new("http://127.0.0.1:8484");

    /// <param name="options">What the caller set.</param>
    /// <param name="environment">Looks up an environment variable; null when it is not set.</param>
    public ClientSettings(CofferClientOptions options, Func<string, string?> environment)
    {
        BaseUrl = CheckedUrl(options.BaseUrl ?? UrlFrom(environment) ?? DefaultUrl);
        Timeout = CheckedTimeout(options.Timeout);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRetries, nameof(options));
        MaxRetries = options.MaxRetries;
        Query = new(options.Query, StringComparer.Ordinal);

        string? token = options.BearerToken ?? Set(environment("COFFER_API_KEY")) ?? Set(environment("RUNLOOP_API_KEY"));
        Headers["Authorization"] = $"Bearer {CheckedToken(token)}";
        ReadHeaderLines(environment("RUNLOOP_CUSTOM_HEADERS"));
        foreach ((string name, string? value) in options.Headers)
        {
            Headers[name] = value;
        }
    }

    /// <param name="options">What the caller set; the environment has no say.</param>
    public ClientSettings(StorageClientOptions options)
    {
        BaseUrl = CheckedUrl(options.Url ?? throw new ArgumentException(
            "No address. Pass the one under which the Storage API is, such as http://127.0.0.1:8484/storage/v1.",
            nameof(options)));
        Timeout = CheckedTimeout(options.Timeout);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRetries, nameof(options));
        MaxRetries = options.MaxRetries;
        Query = [];

        if (options.Key is { } key)
        {
            Headers["Authorization"] = $"Bearer {CheckedToken(key)}";
        }

        foreach ((string name, string? value) in options.Headers)
        {
            Headers[name] = value;
        }
    }

    /// <summary>Without a slash at its end.</summary>
    public string BaseUrl { get; }

    public TimeSpan Timeout { get; }

    public int MaxRetries { get; }

    public Dictionary<string, string?> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, string> Query { get; }

    public static TimeSpan CheckedTimeout(TimeSpan timeout) =>
        timeout > TimeSpan.Zero || timeout == System.Threading.Timeout.InfiniteTimeSpan
            ? timeout
            : throw new ArgumentOutOfRangeException(
                nameof(timeout), timeout, "A timeout is positive, or Timeout.InfiniteTimeSpan.");

    private static string CheckedUrl(Uri url)
    {
        if (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
        {
            throw new ArgumentException(
                "The base URL must be absolute, http or https, without query, fragment or user name.", nameof(url));
        }

        return url.AbsoluteUri.TrimEnd('/');
    }

    private static Uri? UrlFrom(Func<string, string?> environment)
    {
        foreach (string variable in (ReadOnlySpan<string>)["COFFER_URL", "RUNLOOP_BASE_URL"])
        {
            if (Set(environment(variable)) is { } text)
            {
                return Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
                    ? url
                    : throw new ArgumentException(
                        $"The environment variable {variable} holds no absolute URL: '{text}'.", variable);
            }
        }

        return null;
    }

    private static string CheckedToken(string? token)
    {
        if (string.IsNullOrWhiteSpace(token))
        {
            throw new ArgumentException(
                "No API key. Pass one to CofferClient, set CofferClientOptions.BearerToken, or set the environment variable "
                + "COFFER_API_KEY (or RUNLOOP_API_KEY).",
                nameof(token));
        }

        return token.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? throw new ArgumentException(
                "The API key holds a line break or another character that no header can carry.", nameof(token))
            : token;
    }

    private void ReadHeaderLines(string? lines)
    {
        foreach (string line in (lines ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                Headers[line[..colon].TrimEnd()] = line[(colon + 1)..].TrimStart();
            }
        }
    }

    private static string? Set(string? variable) => string.IsNullOrWhiteSpace(variable) ? null : variable;
}
