using System.Globalization;
using System.Net;
using System.Text;
using Coffer.Access;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Configuration;

/// <summary>One setting and the three names under which it can be given.</summary>
/// <param name="Name">As in coffer.json, such as <c>InlineMaxBytes</c>.</param>
/// <param name="Default">For people; <c>none</c>, <c>generated</c> or the value.</param>
/// <param name="Example">A valid value, shown when a given one is not.</param>
/// <param name="IsSecret">Never echoed, and has a twin that names a file: <c>COFFER_API_KEY_FILE</c>.</param>
public sealed record CofferSetting(string Name, string Default, string Meaning, string Example, bool IsSecret = false)
{
    /// <summary><c>COFFER_INLINE_MAX_BYTES</c></summary>
    public string EnvironmentName { get; } = "COFFER_" + Spell(Name, '_').ToUpperInvariant();

    /// <summary><c>--inline-max-bytes</c></summary>
    public string Flag { get; } = "--" + Spell(Name, '-');

    /// <summary>Characters that part the values of a list given as one text; null for a single value.</summary>
    internal char[]? Separators { get; init; }

    /// <summary>Takes the values over; throws <see cref="FormatException"/> that completes "the setting …".</summary>
    internal Action<CofferOptions, IReadOnlyList<string>> Apply { get; init; } = static (_, _) => { };

    private static string Spell(string name, char separator)
    {
        var words = new StringBuilder();
        foreach (char letter in name)
        {
            if (char.IsAsciiLetterUpper(letter) && words.Length > 0)
            {
                words.Append(separator);
            }

            words.Append(char.ToLowerInvariant(letter));
        }

        return words.ToString();
    }
}

/// <summary>The table of all settings. docs/settings.md says the same.</summary>
public static class CofferSettings
{
    private const long LargestInlineBytes = 512 * 1024;
    private const long SmallestDevboxMemory = 64L << 20;
    private const int FewestDevboxProcesses = 16;

    public static IReadOnlyList<CofferSetting> All { get; } =
    [
        One("Data", "./coffer-data", "data folder of the embedded engines", "/var/lib/coffer",
            static (options, text) => options.Data = text),
        Many("Urls", "http://127.0.0.1:8484", "addresses to listen on", "http://127.0.0.1:8484",
            static (options, texts) => options.Urls = [.. texts.Select(ListenUrl)], ',', ';', ' '),
        One("TlsCert", "none", "PEM file of the certificate chain for https addresses", "/etc/coffer/cert.pem",
            static (options, text) => options.TlsCert = text),
        One("TlsKey", "none", "PEM file of its private key", "/etc/coffer/key.pem",
            static (options, text) => options.TlsKey = text),
        One("PublicUrl", "from the request", "base of absolute URLs in answers", "https://files.example.com",
            static (options, text) => options.PublicUrl = WebUrl(text)),
        Secret("ApiKey", "generated", "service key of the account `default`", "$(openssl rand -hex 24)",
            static (options, text) => options.ApiKey = text),
        Secret("OperatorKey", "generated", "operator key", "$(openssl rand -hex 24)",
            static (options, text) => options.OperatorKey = text),
        Many("JwtSecret", "generated", "HS256 secrets of the account `default`; the first signs, all verify",
            "$(openssl rand -hex 32)",
            static (options, texts) => options.JwtSecrets = [.. texts.Select(Strong)], ',', '\n') with { IsSecret = true },
        Secret("JwtJwks", "none", "JSON Web Key Set (RS256, ES256) by which tokens of the account `default` are verified too",
            "$(cat keys.json)",
            static (options, text) => options.JwtKeySet = KeySet(text)),
        Secret("SigningKey", "generated", "master key of signed URLs", "$(openssl rand -hex 32)",
            static (options, text) => options.SigningKey = Strong(text)),
        One("Bootstrap", "none", "JSON file of accounts, keys, buckets and policies, applied at each start",
            "/etc/coffer/bootstrap.json",
            static (options, text) => options.Bootstrap = text),
        One("Catalog", "sqlite", "engine that keeps the rows; `sqlite` is the only one so far", "sqlite",
            static (options, text) => options.Catalog = Engine(text, "sqlite")),
        One("Blobs", "disk", "engine that keeps the bytes; `disk` is the only one so far", "disk",
            static (options, text) => options.Blobs = Engine(text, "disk")),
        One("InlineMaxBytes", "49152", "largest object kept inside the catalog; at most 512KiB", "48KiB",
            static (options, text) => options.InlineMaxBytes = Size(text) <= LargestInlineBytes
                ? Size(text)
                : throw new FormatException($"is \"{text}\", more than the 512KiB that the catalog can hold")),
        One("MaxObjectBytes", "50GiB", "larger uploads are refused", "50GiB",
            static (options, text) => options.MaxObjectBytes = Size(text)),
        One("MinFreeBytes", "the smaller of 256MiB and 5 % of the volume", "reserve; below it writes answer 507", "256MiB",
            static (options, text) => options.MinFreeBytes = Size(text)),
        One("ArchiveIndexMaxBytes", "1GiB", "indexes of archives together; they are made when entries are first asked for, and again when missing", "1GiB",
            static (options, text) => options.ArchiveIndexMaxBytes = Size(text)),
        One("UploadUrlSeconds", "86400", "life of a presigned upload URL", "86400",
            static (options, text) => options.UploadUrlLife = Seconds(text, atLeast: 1)),
        One("MaxEmptiedObjects", "200000", "most objects that one call deletes when it empties a bucket", "200000",
            static (options, text) => options.MaxEmptiedObjects = Count(text)),
        One("EmptyBucketRequires", "service_role", "who empties buckets: `service_role`, or with `delete-policy` others too, of what policies let them delete",
            "delete-policy",
            static (options, text) => options.EmptyBucketByPolicy = text switch
            {
                "service_role" => false,
                "delete-policy" => true,
                _ => throw new FormatException($"is \"{text}\", which is neither \"service_role\" nor \"delete-policy\""),
            }),
        One("AllowUnicodeKeys", "false", "`true` lets keys be any text, not of the Storage API's ASCII characters alone", "true",
            static (options, text) => options.AllowUnicodeKeys = YesOrNo(text)),
        One("RealStatusCodes", "false", "`true` lets HTTP say the status of each refusal of the Storage API, not 400 for most", "true",
            static (options, text) => options.RealStatusCodes = YesOrNo(text)),
        One("ShutdownSeconds", "30", "time that running transfers get at shutdown", "30",
            static (options, text) => options.ShutdownGrace = Seconds(text, atLeast: 0)),
        Many("TrustedProxies", "none", "addresses and CIDR ranges whose forwarded headers count", "10.0.0.0/8,127.0.0.1",
            static (options, texts) => options.TrustedProxies = [.. texts.Select(Network)], ',', ';', ' '),
        Many("CorsOrigins", "none", "origins whose pages may call `/v1` and `/admin`, or `*`", "https://app.example.com",
            static (options, texts) => options.CorsOrigins = [.. texts.Select(Origin)], ',', ';', ' '),
        One("AdminOpen", "none", "`loopback` opens `/metrics` and `/admin/v1` to this machine without a key", "loopback",
            static (options, text) => options.AdminOpenOnLoopback = text == "loopback"
                ? true
                : throw new FormatException($"is \"{text}\", which is not \"loopback\"")),
        One("DevboxExec", "off", "`bubblewrap` runs commands in devboxes, each in a sandbox; `off` refuses them", "bubblewrap",
            static (options, text) => options.DevboxExec = text switch
            {
                "off" => false,
                "bubblewrap" => true,
                _ => throw new FormatException($"is \"{text}\", which is neither \"off\" nor \"bubblewrap\""),
            }),
        One("DevboxUids", "1700000000-1700065535", "host uids (and gids) that devboxes get where the server is root; nobody else's",
            "1700000000-1700065535",
            static (options, text) => options.DevboxUids = Uids(text)),
        One("DevboxMaxBytes", "10GiB", "bytes on the disk that the files of a devbox may take", "10GiB",
            static (options, text) => options.DevboxMaxBytes = Size(text)),
        One("DevboxMaxFiles", "1000000", "files, directories and links that a devbox may have", "1000000",
            static (options, text) => options.DevboxMaxFiles = Count(text)),
        One("DevboxCommandSeconds", "3600", "a command in a devbox that runs longer is ended", "3600",
            static (options, text) => options.DevboxCommandTime = Seconds(text, atLeast: 1)),
        One("DevboxMemoryBytes", "2GiB", "memory of all commands of a devbox together", "2GiB",
            static (options, text) => options.DevboxMemoryBytes = Size(text) >= SmallestDevboxMemory
                ? Size(text)
                : throw new FormatException($"is \"{text}\", less than the 64MiB that a command needs")),
        One("DevboxProcesses", "512", "processes and threads of all commands of a devbox together", "512",
            static (options, text) => options.DevboxProcesses = Count(text) >= FewestDevboxProcesses
                ? Count(text)
                : throw new FormatException($"is \"{text}\", less than the {FewestDevboxProcesses} that a few commands need")),
        One("DevboxSharedMaxBytes", "20GiB", "disk for extracted archives that devboxes share; beyond it each devbox has its own", "20GiB",
            static (options, text) => options.DevboxSharedMaxBytes = Size(text)),
        One("Url", "http://127.0.0.1:8484", "the server that the command and the SDK talk to", "http://127.0.0.1:8484",
            static (_, text) => WebUrl(text)),
    ];

    private static CofferSetting One(
        string name, string defaultValue, string meaning, string example, Action<CofferOptions, string> apply) =>
        new(name, defaultValue, meaning, example)
        {
            Apply = (options, values) => apply(
                options, values.Count == 1 ? values[0] : throw new FormatException("is a list, but takes one value")),
        };

    private static CofferSetting Secret(
        string name, string defaultValue, string meaning, string example, Action<CofferOptions, string> apply) =>
        One(name, defaultValue, meaning, example, apply) with { IsSecret = true };

    private static CofferSetting Many(
        string name, string defaultValue, string meaning, string example,
        Action<CofferOptions, IReadOnlyList<string>> apply, params char[] separators) =>
        new(name, defaultValue, meaning, example) { Apply = apply, Separators = separators };

    private static BindingAddress ListenUrl(string text)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(text);
        }
        catch (FormatException e)
        {
            throw new FormatException($"holds \"{text}\", which is no address to listen on", e);
        }

        if (address.Scheme is not ("http" or "https") || address.IsNamedPipe || address.PathBase.Length > 0)
        {
            throw new FormatException($"holds \"{text}\", which is not http:// or https:// with a host and a port only");
        }

        if (!address.IsUnixPipe && address.Port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
        {
            throw new FormatException($"holds \"{text}\", whose port is none from {IPEndPoint.MinPort} to {IPEndPoint.MaxPort}");
        }

        bool isAddressOfMachine = address.IsUnixPipe || address.Host is "*" or "+" or "localhost"
            || IPAddress.TryParse(address.Host, out _);
        if (!isAddressOfMachine)
        {
            // Kestrel would take any other host for "every address of this machine", which nobody expects.
            throw new FormatException($"holds \"{text}\", whose host is no IP address, localhost or *");
        }

        if (address.Port > IPEndPoint.MaxPort)
        {
            throw new FormatException($"holds \"{text}\", whose port is larger than {IPEndPoint.MaxPort}");
        }

        return address is { Host: "localhost", Port: 0 }
            ? throw new FormatException($"holds \"{text}\"; a port of 0 needs an IP address")
            : address;
    }

    private static string WebUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https"
            && url.Query.Length == 0 && url.Fragment.Length == 0
            ? text.TrimEnd('/')
            : throw new FormatException($"is \"{text}\", which is no http or https URL without a query");

    private static string Origin(string text) =>
        text == "*" ? text
        : Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.PathAndQuery == "/"
            ? url.GetLeftPart(UriPartial.Authority)
            : throw new FormatException($"holds \"{text}\", which is no origin");

    private static IPNetwork Network(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(text, out IPNetwork network) ? network
        : throw new FormatException($"holds \"{text}\", which is no address and no CIDR range");

    private static string Strong(string secret) =>
        Encoding.UTF8.GetByteCount(secret) is var bytes and < 32
            ? throw new FormatException($"holds a secret of {bytes} bytes, which is less than 32")
            : secret;

    private static string KeySet(string json)
    {
        try
        {
            JsonWebKeySet.Parse(json);
            return json;
        }
        catch (StoreException broken)
        {
            throw new FormatException($"holds no key set: {broken.Message}", broken);
        }
    }

    // Not echoed: a database URL holds a password.
    private static string Engine(string text, string embedded) =>
        text == embedded ? text : throw new FormatException("names an engine that this version does not have"); // a URL may hold a password

    private static long Size(string text) =>
        ByteSize.TryParse(text, out long bytes)
            ? bytes
            : throw new FormatException($"is \"{text}\", which is no size in bytes");

    private static bool YesOrNo(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => throw new FormatException($"is \"{text}\", which is neither \"true\" nor \"false\""),
    };

    private static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= 1
            ? count
            : throw new FormatException($"is \"{text}\", which is no whole number of at least 1");

    /// <remarks>Not 0, which is root; not the highest, which means "unchanged" to the system.</remarks>
    private static (int First, int Last) Uids(string text) =>
        text.Split('-') is [var from, var to]
            && int.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out int first)
            && int.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out int last)
            && first >= 1000 && last >= first
            ? (first, last)
            : throw new FormatException($"is \"{text}\", which is no range of uids from 1000 on, such as 1700000000-1700065535");

    private static TimeSpan Seconds(string text, int atLeast) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds >= atLeast
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException($"is \"{text}\", which is no whole number of seconds of at least {atLeast}");
}
