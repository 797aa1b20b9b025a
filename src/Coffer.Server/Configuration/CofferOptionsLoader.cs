using System.Text.Json;
using Coffer.Access;

namespace Coffer.Server.Configuration;

/// <summary>Finds the value of each setting in flags, environment and coffer.json, and checks the rules that join settings.</summary>
internal static class CofferOptionsLoader
{
    private sealed record Given(string Where, IReadOnlyList<string> Values);

    public static CofferOptions Load(IReadOnlyDictionary<string, string?> flags, Func<string, string?> environment)
    {
        RefuseUnknown(flags.Keys, static setting => setting.Flag, "--", "is no flag", "--urls http://127.0.0.1:8484");

        var options = new CofferOptions();
        CofferSetting data = CofferSettings.All[0];
        Apply(data, options, FromFlags(data, flags) ?? FromEnvironment(data, environment));
        options.Data = Path.GetFullPath(options.Data);

        string path = Path.Combine(options.Data, "coffer.json");
        Dictionary<string, IReadOnlyList<string>> file = ReadFile(path);
        foreach (CofferSetting setting in CofferSettings.All.Skip(1))
        {
            Apply(
                setting,
                options,
                FromFlags(setting, flags) ?? FromEnvironment(setting, environment) ?? FromFile(setting, file, path));
        }

        CheckTogether(options);
        return options;
    }

    private static Given? FromFlags(CofferSetting setting, IReadOnlyDictionary<string, string?> flags) =>
        FromText(setting, setting.Flag, setting.Flag + "-file", name => flags.GetValueOrDefault(name));

    private static Given? FromEnvironment(CofferSetting setting, Func<string, string?> environment) =>
        FromText(setting, setting.EnvironmentName, setting.EnvironmentName + "_FILE", environment);

    private static Given? FromText(CofferSetting setting, string name, string twin, Func<string, string?> lookUp)
    {
        // Compose files and shells hand over an empty text where a variable is meant to be unset.
        string? text = NullIfEmpty(lookUp(name));
        string? secretPath = setting.IsSecret ? NullIfEmpty(lookUp(twin)) : null;
        RefuseBoth(name, text, twin, secretPath);
        return text is not null ? new Given(name, Split(setting, text))
            : secretPath is not null ? FromSecretFile(setting, twin, secretPath)
            : null;
    }

    private static Given? FromFile(
        CofferSetting setting, Dictionary<string, IReadOnlyList<string>> file, string path)
    {
        string twin = setting.Name + "File";
        IReadOnlyList<string>? values = file.GetValueOrDefault(setting.Name);
        string? secretPath = setting.IsSecret ? file.GetValueOrDefault(twin)?[0] : null;
        RefuseBoth($"{setting.Name} in {path}", values, twin, secretPath);
        return values is not null
                ? new Given($"{setting.Name} in {path}", values.Count == 1 ? Split(setting, values[0]) : values)
            : secretPath is not null ? FromSecretFile(setting, $"{twin} in {path}", secretPath)
            : null;
    }

    private static Given FromSecretFile(CofferSetting setting, string where, string path)
    {
        try
        {
            string text = File.ReadAllText(path).TrimEnd('\r', '\n');
            return text.Length > 0
                ? new Given(where, Split(setting, text))
                : throw new ConfigurationException($"{where} names {path}, which is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigurationException($"{where} names {path}, which cannot be read; write for example /run/secrets/coffer", e);
        }
    }

    private static string[] Split(CofferSetting setting, string text) =>
        setting.Separators is null
            ? [text]
            : text.Split(setting.Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void Apply(CofferSetting setting, CofferOptions options, Given? given)
    {
        if (given is null)
        {
            return;
        }

        try
        {
            setting.Apply(options, given.Values);
        }
        catch (FormatException e)
        {
            throw new ConfigurationException($"{given.Where} {e.Message}; write for example {setting.Example}", e);
        }
    }

    private static Dictionary<string, IReadOnlyList<string>> ReadFile(string path)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (!File.Exists(path))
        {
            return values;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(
                File.ReadAllBytes(path),
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach (JsonProperty property in json.RootElement.EnumerateObject())
            {
                values[property.Name] = ValuesOf(property, path);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ConfigurationException($"{path} is no JSON object; write for example {{ \"ShutdownSeconds\": 30 }}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{path} cannot be read; make it readable for the user that runs coffer", e);
        }

        if (values.ContainsKey("Data"))
        {
            throw new ConfigurationException(
                $"Data in {path} comes too late, the file was found through it; write for example COFFER_DATA=/var/lib/coffer");
        }

        RefuseUnknown(
            values.Keys, static setting => setting.Name, "", $"in {path} is no setting", "{ \"ShutdownSeconds\": 30 }");
        return values;
    }

    private static string[] ValuesOf(JsonProperty property, string path) => property.Value.ValueKind switch
    {
        JsonValueKind.String => [property.Value.GetString()!],
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => [property.Value.GetRawText()],
        JsonValueKind.Array when property.Value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String) =>
            [.. property.Value.EnumerateArray().Select(static item => item.GetString()!)],
        _ => throw new ConfigurationException(
            $"{property.Name} in {path} is no text, number, true, false or list of texts; write for example {{ \"ShutdownSeconds\": 30 }}"),
    };

    private static void RefuseUnknown(
        IEnumerable<string> names, Func<CofferSetting, string> spelling, string prefix, string problem, string example)
    {
        string twin = prefix.Length > 0 ? "-file" : "File";
        foreach (string name in names)
        {
            bool known = CofferSettings.All.Any(setting =>
                name == spelling(setting) || (setting.IsSecret && name == spelling(setting) + twin));
            if (!known)
            {
                string? meant = CofferSettings.All.FirstOrDefault(setting => Letters(name).EndsWith(
                    setting.Name, StringComparison.OrdinalIgnoreCase)) is { } near ? spelling(near) : null;
                throw new ConfigurationException(
                    $"{name} {problem}; {(meant is null ? $"write for example {example}" : $"did you mean {meant}?")}");
            }
        }
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsAsciiLetter));

    private static void RefuseBoth(string name, object? value, string twin, string? secretPath)
    {
        if (value is not null && secretPath is not null)
        {
            throw new ConfigurationException($"{name} and {twin} are both given; keep one of them");
        }
    }

    private static void CheckTogether(CofferOptions options)
    {
        if (options.TlsCert is null != options.TlsKey is null)
        {
            (string given, string missing) = options.TlsCert is null
                ? ("COFFER_TLS_KEY", "COFFER_TLS_CERT=/etc/coffer/cert.pem")
                : ("COFFER_TLS_CERT", "COFFER_TLS_KEY=/etc/coffer/key.pem");
            throw new ConfigurationException($"{given} is given alone; both are needed, write for example {missing}");
        }

        if (options.TlsCert is null && options.Urls.FirstOrDefault(static url => url.Scheme == "https") is { } https)
        {
            throw new ConfigurationException(
                $"COFFER_URLS holds {https}, but there is no certificate; write for example "
                + "COFFER_TLS_CERT=/etc/coffer/cert.pem COFFER_TLS_KEY=/etc/coffer/key.pem");
        }

        if (options.ApiKey is not null && options.ApiKey == options.OperatorKey)
        {
            throw new ConfigurationException(
                "COFFER_OPERATOR_KEY is the same as COFFER_API_KEY, but must be no account's key; "
                + "write for example $(openssl rand -hex 24)");
        }

        options.Warnings =
        [
            .. new[] { ("COFFER_API_KEY", options.ApiKey), ("COFFER_OPERATOR_KEY", options.OperatorKey) }
                .Where(static token => token.Item2?.Length < AccessKeys.ShortestToken)
                .Select(static token => $"{token.Item1} is shorter than {AccessKeys.ShortestToken} characters and can be guessed"),
        ];
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
