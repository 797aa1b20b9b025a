using System.Text.Json;
using Coffer.Server.Configuration;

namespace Coffer.UnitTests.Configuration;

public sealed class CofferOptionsTests : IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private readonly string _folder = Directory.CreateTempSubdirectory("coffer-options-").FullName;

    [Fact]
    public void Defaults_are_those_of_the_table()
    {
        CofferOptions options = Load();

        Assert.Equal("http://127.0.0.1:8484", options.Urls.Single().ToString());
        Assert.Equal(50L << 30, options.MaxObjectBytes);
        Assert.Equal(TimeSpan.FromSeconds(86400), options.UploadUrlLife);
        Assert.Equal(TimeSpan.FromSeconds(30), options.ShutdownGrace);
        Assert.Equal(("sqlite", "disk"), (options.Catalog, options.Blobs));
        Assert.Null(options.InlineMaxBytes);
        Assert.Null(options.MinFreeBytes);
        Assert.Empty(options.JwtSecrets);
        Assert.Empty(options.Warnings);
        Assert.False(options.AdminOpenOnLoopback);
    }

    [Fact]
    public void One_rule_maps_the_three_names_of_a_setting()
    {
        CofferSetting setting = CofferSettings.All.Single(static setting => setting.Name == "InlineMaxBytes");

        Assert.Equal("COFFER_INLINE_MAX_BYTES", setting.EnvironmentName);
        Assert.Equal("--inline-max-bytes", setting.Flag);
    }

    [Fact]
    public void A_flag_wins_over_the_environment_and_that_over_the_file()
    {
        WriteFile("""{ "InlineMaxBytes": 1, "ShutdownSeconds": 1, "UploadUrlSeconds": 1 }""");

        CofferOptions options = Load(
            flags: [("--inline-max-bytes", "3"), ("--url", null)],
            environment: [("COFFER_INLINE_MAX_BYTES", "2"), ("COFFER_SHUTDOWN_SECONDS", "2")]);

        Assert.Equal(3, options.InlineMaxBytes);
        Assert.Equal(TimeSpan.FromSeconds(2), options.ShutdownGrace);
        Assert.Equal(TimeSpan.FromSeconds(1), options.UploadUrlLife);
    }

    [Fact]
    public void Every_setting_takes_its_own_example_or_a_strong_secret_in_all_three_places()
    {
        foreach (CofferSetting setting in CofferSettings.All.Where(static setting => setting.Name is not ("Data" or "TlsCert" or "TlsKey")))
        {
            string value = setting.Name == "JwtJwks" ? """{"keys":[]}"""
                : setting.Example.StartsWith("$(", StringComparison.Ordinal) ? Secret : setting.Example;
            Load(flags: [(setting.Flag, value)]);
            Load(environment: [(setting.EnvironmentName, value)]);
            WriteFile($$"""{ "{{setting.Name}}": {{JsonSerializer.Serialize(value)}} }""");
            Load();
            File.Delete(Path.Combine(_folder, "coffer.json"));
        }
    }

    [Fact]
    public void Switches_are_true_or_false_as_text_or_as_JSON()
    {
        WriteFile("""{ "AllowUnicodeKeys": true, "RealStatusCodes": "true", "EmptyBucketRequires": "delete-policy" }""");

        CofferOptions options = Load(environment: [("COFFER_REAL_STATUS_CODES", "false")]);

        Assert.Equal((true, false, true), (options.AllowUnicodeKeys, options.RealStatusCodes, options.EmptyBucketByPolicy));
        Assert.Contains("neither \"true\" nor \"false\"", Assert.Throws<ConfigurationException>(
            () => Load(environment: [("COFFER_ALLOW_UNICODE_KEYS", "yes")])).Message, StringComparison.Ordinal);
        Assert.Contains("neither \"service_role\" nor \"delete-policy\"", Assert.Throws<ConfigurationException>(
            () => Load(environment: [("COFFER_EMPTY_BUCKET_REQUIRES", "anybody")])).Message, StringComparison.Ordinal);
        Assert.Contains("no whole number of at least 1", Assert.Throws<ConfigurationException>(
            () => Load(environment: [("COFFER_MAX_EMPTIED_OBJECTS", "0")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_are_parted_texts_or_json_arrays()
    {
        WriteFile($$"""{ "JwtSecret": ["{{Secret}},1", "{{Secret}}2"], "CorsOrigins": "https://a.example, https://b.example/" }""");

        CofferOptions options = Load(environment: [("COFFER_URLS", "http://127.0.0.1:1;http://[::1]:2")]);

        Assert.Equal([Secret + ",1", Secret + "2"], options.JwtSecrets);
        Assert.Equal(["https://a.example", "https://b.example"], options.CorsOrigins);
        Assert.Equal([1, 2], options.Urls.Select(static url => url.Port));
    }

    [Fact]
    public void A_secret_may_stand_in_a_file()
    {
        string path = Path.Combine(_folder, "key");
        File.WriteAllText(path, "a token with spaces in it\n");

        Assert.Equal("a token with spaces in it", Load(environment: [("COFFER_API_KEY_FILE", path)]).ApiKey);
        Assert.Equal("a token with spaces in it", Load(flags: [("--api-key-file", path)]).ApiKey);
        WriteFile($$"""{ "ApiKeyFile": "{{path}}" }""");
        Assert.Equal("a token with spaces in it", Load().ApiKey);
    }

    [Fact]
    public void An_empty_variable_counts_as_absent() =>
        Assert.Null(Load(environment: [("COFFER_API_KEY", ""), ("COFFER_MIN_FREE_BYTES", "")]).ApiKey);

    [Theory]
    [InlineData("COFFER_INLINE_MAX_BYTES", "64XB", "is \"64XB\", which is no size in bytes; write for example 48KiB")]
    [InlineData("COFFER_SHUTDOWN_SECONDS", "-1", "is \"-1\", which is no whole number of seconds of at least 0; write for example 30")]
    [InlineData("COFFER_UPLOAD_URL_SECONDS", "0", "is \"0\", which is no whole number of seconds of at least 1; write for example 86400")]
    [InlineData("COFFER_URLS", "127.0.0.1:80", "holds \"127.0.0.1:80\", which is no address")]
    [InlineData("COFFER_URLS", "ftp://127.0.0.1", "holds \"ftp://127.0.0.1\", which is not http:// or https://")]
    [InlineData("COFFER_URLS", "http://files.example.com:80", "whose host is no IP address, localhost or *")]
    [InlineData("COFFER_URLS", "http://127.0.0.1:99999", "holds \"http://127.0.0.1:99999\", whose port is none from 0 to 65535")]
    [InlineData("COFFER_URLS", "http://*:65536", "holds \"http://*:65536\", whose port is none from 0 to 65535")]
    [InlineData("COFFER_URLS", "http://127.0.0.1:-1", "holds \"http://127.0.0.1:-1\", wh")]
    [InlineData("COFFER_URLS", "http://localhost:0", "a port of 0 needs an IP address")]
    [InlineData("COFFER_URLS", "https://127.0.0.1:1", "there is no certificate; write for example COFFER_TLS_CERT=")]
    [InlineData("COFFER_PUBLIC_URL", "files.example.com", "which is no http or https URL")]
    [InlineData("COFFER_TRUSTED_PROXIES", "10.0.0.0/40", "holds \"10.0.0.0/40\", which is no address and no CIDR range")]
    [InlineData("COFFER_CORS_ORIGINS", "https://a.example/path", "holds \"https://a.example/path\", which is no origin")]
    [InlineData("COFFER_ADMIN_OPEN", "yes", "is \"yes\", which is not \"loopback\"")]
    [InlineData("COFFER_INLINE_MAX_BYTES", "1MiB", "is \"1MiB\", more than the 512KiB that the catalog can hold")]
    [InlineData("COFFER_BLOBS", "tape", "names an engine that this version does not have")]
    [InlineData("COFFER_SIGNING_KEY", "short", "holds a secret of 5 bytes, which is less than 32")]
    [InlineData("COFFER_JWT_SECRET", "0123456789abcdef0123456789abcdef,short", "holds a secret of 5 bytes, which is less than 32")]
    [InlineData("COFFER_TLS_CERT", "cert.pem", "is given alone; both are needed, write for example COFFER_TLS_KEY=")]
    [InlineData("COFFER_API_KEY_FILE", "/nowhere/key", "names /nowhere/key, which cannot be read")]
    public void A_wrong_value_is_one_line_with_setting_problem_and_example(string name, string value, string problem)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Load(environment: [(name, value)]));

        Assert.StartsWith(name + " ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("COFFER_SIGNING_KEY", "canary")]
    [InlineData("COFFER_JWT_SECRET", "canary")]
    [InlineData("COFFER_CATALOG", "mysql://user:canary@host/db")]
    public void A_wrong_secret_is_not_repeated(string name, string value)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Load(environment: [(name, value)]));

        Assert.DoesNotContain("canary", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "InlineMaxByte": 1 }""", "InlineMaxByte in ")]
    [InlineData("""{ "COFFER_SHUTDOWN_SECONDS": 1 }""", "did you mean ShutdownSeconds?")]
    [InlineData("""{ "shutdownSeconds": 1 }""", "did you mean ShutdownSeconds?")]
    [InlineData("""{ "Data": "/elsewhere" }""", "comes too late")]
    [InlineData("""{ "ShutdownSeconds": null }""", "is no text, number, true, false or list of texts")]
    [InlineData("""{ "ShutdownSeconds": true }""", "is \"true\", which is no whole number of seconds")]
    [InlineData("""{ "ShutdownSeconds": ["1", "2"] }""", "is a list, but takes one value; write for example 30")]
    [InlineData("""{ "ShutdownSeconds": 1.5 }""", "ShutdownSeconds in ")]
    [InlineData("""{ "ApiKey": "a", "ApiKeyFile": "b" }""", "are both given; keep one of them")]
    [InlineData("[]", "is no JSON object")]
    [InlineData("{", "is no JSON object")]
    public void A_wrong_file_is_one_line(string json, string problem)
    {
        WriteFile(json);

        var refused = Assert.Throws<ConfigurationException>(() => Load());

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
        Assert.Contains("coffer.json", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void An_unknown_flag_is_refused()
    {
        var refused = Assert.Throws<ConfigurationException>(() => Load(flags: [("--max-object-byte", "1")]));

        Assert.StartsWith("--max-object-byte is no flag; ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Short_tokens_are_warned_about_without_being_repeated()
    {
        CofferOptions options = Load(environment: [("COFFER_API_KEY", "canary"), ("COFFER_OPERATOR_KEY", Secret)]);

        string warning = Assert.Single(options.Warnings);
        Assert.Equal("COFFER_API_KEY is shorter than 20 characters and can be guessed", warning);
    }

    [Fact]
    public void The_operator_key_may_be_no_accounts_key()
    {
        var refused = Assert.Throws<ConfigurationException>(() =>
            Load(environment: [("COFFER_API_KEY", Secret), ("COFFER_OPERATOR_KEY", Secret)]));

        Assert.DoesNotContain(Secret, refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private CofferOptions Load((string, string?)[]? flags = null, (string, string?)[]? environment = null)
    {
        var variables = (environment ?? []).Append(("COFFER_DATA", _folder)).ToDictionary();
        return CofferOptions.Load((flags ?? []).ToDictionary(), name => variables.GetValueOrDefault(name));
    }

    private void WriteFile(string json) => File.WriteAllText(Path.Combine(_folder, "coffer.json"), json);
}
