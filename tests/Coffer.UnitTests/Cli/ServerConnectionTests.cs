using Coffer.Cli;
using Coffer.Cli.Connection;

namespace Coffer.UnitTests.Cli;

/// <summary>Where the command finds the server and the key.</summary>
public sealed class ServerConnectionTests : IDisposable
{
    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);
    private readonly string _folder = Directory.CreateTempSubdirectory("coffer-cli-").FullName;

    private string File => Path.Combine(_folder, "credentials.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_flag_wins_over_everything()
    {
        Given(("COFFER_URL", "http://env:1"), ("COFFER_API_KEY", "env-key"));
        WriteCredentials("""{"url":"http://file:1","api_key":"file-key","operator_key":"file-operator"}""");

        ServerConnection found = Resolve("http://flag:1", "flag-key");

        Assert.Equal(new ServerConnection(new Uri("http://flag:1"), "--url", "flag-key", "--key"), found);
    }

    [Fact]
    public void Coffers_own_variables_win_over_Runloops()
    {
        Given(
            ("COFFER_URL", "http://env:1"), ("COFFER_API_KEY", "env key with spaces"),
            ("RUNLOOP_BASE_URL", "http://runloop:1"), ("RUNLOOP_API_KEY", "runloop-key"));

        ServerConnection found = Resolve();

        Assert.Equal(new ServerConnection(new Uri("http://env:1"), "COFFER_URL", "env key with spaces", "COFFER_API_KEY"), found);
    }

    [Fact]
    public void Runloops_variables_are_enough()
    {
        Given(("COFFER_URL", ""), ("COFFER_API_KEY", " "), ("RUNLOOP_BASE_URL", "http://runloop:1"), ("RUNLOOP_API_KEY", "runloop-key"));

        ServerConnection found = Resolve();

        Assert.Equal(new ServerConnection(new Uri("http://runloop:1"), "RUNLOOP_BASE_URL", "runloop-key", "RUNLOOP_API_KEY"), found);
    }

    [Theory]
    [InlineData(false, "file-key")]
    [InlineData(true, "file-operator")]
    public void The_data_folder_of_a_server_on_this_machine_has_both(bool isOperator, string key)
    {
        WriteCredentials("""{"url":"http://files.example:1","api_key":"file-key","operator_key":"file-operator"}""");

        ServerConnection found = Resolve(kind: isOperator ? KeyKind.Operator : KeyKind.Service);

        Assert.Equal(new ServerConnection(new Uri("http://files.example:1"), File, key, File), found);
    }

    [Fact]
    public void The_environment_may_name_the_data_folder()
    {
        WriteCredentials("""{"url":"http://127.0.0.1:1","api_key":"file-key"}""");
        Given(("COFFER_DATA", _folder));

        Assert.Equal("file-key", ServerConnection.Resolve(null, null, null, KeyKind.Service, Look).Key);
    }

    [Fact]
    public void A_key_of_this_machine_is_sent_to_no_other()
    {
        WriteCredentials("""{"url":"http://127.0.0.1:8484","api_key":"file-key"}""");

        UsageException refused = Assert.Throws<UsageException>(() => Resolve("http://files.example:1"));

        Assert.StartsWith("no API key for http://files.example:1; set COFFER_API_KEY", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8484", "http://localhost:8484")]
    [InlineData("http://127.0.0.1:8484", "http://[::1]:8484/base")]
    [InlineData("https://files.example", "https://FILES.example:443/")]
    [InlineData("https://files.example", "http://127.0.0.1:8484")] // behind its proxy
    [InlineData("http://0.0.0.0:8484", "http://localhost:8484")]
    public void It_is_sent_to_its_server_by_another_name(string own, string url)
    {
        WriteCredentials($$"""{"url":"{{own}}","api_key":"file-key"}""");

        Assert.Equal("file-key", Resolve(url).Key);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8484", "http://127.0.0.1:9000")] // a tunnel to another machine, perhaps
    [InlineData("http://127.0.0.1:8484", "https://127.0.0.1:8484")]
    [InlineData("https://files.example", "https://files.example:8443")]
    [InlineData("https://files.example", "http://files.example")]
    public void It_is_sent_to_no_other_port_and_by_no_other_scheme(string own, string url)
    {
        WriteCredentials($$"""{"url":"{{own}}","api_key":"file-key"}""");

        Assert.Throws<UsageException>(() => Resolve(url));
    }

    [Fact]
    public void An_operator_key_is_never_replaced_by_an_accounts_key()
    {
        Given(("COFFER_API_KEY", "env-key"));

        UsageException refused = Assert.Throws<UsageException>(() => Resolve(kind: KeyKind.Operator));

        Assert.Contains("COFFER_OPERATOR_KEY", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_address_it_is_the_servers_default()
    {
        Given(("COFFER_API_KEY", "env-key"));

        Assert.Equal(new Uri("http://127.0.0.1:8484"), Resolve().Url);
    }

    [Theory]
    [InlineData("127.0.0.1:42000", "http://127.0.0.1:42000")]
    [InlineData("localhost:42000", "http://localhost:42000")]
    [InlineData("[::1]:42000/base", "http://[::1]:42000/base")]
    [InlineData("127.0.0.1:80", "http://127.0.0.1")]
    public void An_address_of_this_machine_needs_no_scheme(string url, string meant)
    {
        Given(("COFFER_URL", url), ("COFFER_API_KEY", "env-key"));

        Assert.Equal(new Uri(meant), Resolve().Url);
    }

    [Theory]
    [InlineData("files.example:8484")]
    [InlineData("10.0.0.7:8484")]
    public void Another_machines_needs_one(string url)
    {
        Given(("COFFER_URL", url), ("COFFER_API_KEY", "env-key"));

        UsageException refused = Assert.Throws<UsageException>(() => Resolve());

        Assert.Equal($"'{url}' (from COFFER_URL) has no scheme; write https://{url} or http://{url}", refused.Message);
    }

    [Theory]
    [InlineData("files.example")]
    [InlineData("coffer:files")]
    [InlineData("ftp://files.example")]
    [InlineData("/tmp/coffer")]
    public void What_is_no_address_is_refused_by_its_source(string url)
    {
        Given(("COFFER_URL", url), ("COFFER_API_KEY", "env-key"));

        UsageException refused = Assert.Throws<UsageException>(() => Resolve());

        Assert.StartsWith($"'{url}' (from COFFER_URL) is no address; ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    public void Credentials_that_cannot_be_read_are_named(string json)
    {
        WriteCredentials(json);

        UsageException refused = Assert.Throws<UsageException>(() => Resolve());

        Assert.StartsWith($"{File} holds no credentials (", refused.Message, StringComparison.Ordinal);
    }

    private void Given(params (string Name, string Value)[] variables)
    {
        foreach ((string name, string value) in variables)
        {
            _environment[name] = value;
        }
    }

    private void WriteCredentials(string json) => System.IO.File.WriteAllText(File, json);

    private string? Look(string name) => _environment.GetValueOrDefault(name);

    private ServerConnection Resolve(string? url = null, string? key = null, KeyKind kind = KeyKind.Service) =>
        ServerConnection.Resolve(url, key, _folder, kind, Look);
}
