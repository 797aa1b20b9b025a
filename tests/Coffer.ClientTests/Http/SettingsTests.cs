using Coffer.Client;

namespace Coffer.ClientTests.Http;

public sealed class SettingsTests
{
    [Fact]
    public void Without_a_key_the_error_says_what_to_set()
    {
        var error = Assert.Throws<ArgumentException>(() => Settings(new(), []));

        Assert.Contains("COFFER_API_KEY", error.Message, StringComparison.Ordinal);
        Assert.Contains("BearerToken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_come_before_our_variables_and_those_before_Runloops()
    {
        var all = new Dictionary<string, string>
        {
            ["COFFER_URL"] = "http://ours:1", ["COFFER_API_KEY"] = "our key",
            ["RUNLOOP_BASE_URL"] = "https://theirs/base/", ["RUNLOOP_API_KEY"] = "their key",
        };
        ClientSettings explicitly = Settings(new() { BaseUrl = new("http://mine:2"), BearerToken = "my key" }, all);
        ClientSettings ours = Settings(new(), all);
        all.Remove("COFFER_URL");
        all["COFFER_API_KEY"] = " ";
        ClientSettings theirs = Settings(new(), all);
        ClientSettings none = Settings(new() { BearerToken = "k" }, []);

        Assert.Equal(("http://mine:2", "Bearer my key"), (explicitly.BaseUrl, explicitly.Headers["Authorization"]));
        Assert.Equal(("http://ours:1", "Bearer our key"), (ours.BaseUrl, ours.Headers["Authorization"]));
        Assert.Equal(("https://theirs/base", "Bearer their key"), (theirs.BaseUrl, theirs.Headers["Authorization"]));
        Assert.Equal("http://127.0.0.1:8484", none.BaseUrl);
    }

    [Fact]
    public void Header_lines_of_the_environment_lie_below_those_of_the_options()
    {
        var options = new CofferClientOptions { BearerToken = "k", Headers = { ["X-Two"] = "mine" } };

        ClientSettings settings = Settings(options, new() { ["RUNLOOP_CUSTOM_HEADERS"] = "X-One: a: b\r\n\r\nnonsense\nX-Two: theirs" });

        Assert.Equal("a: b", settings.Headers["x-one"]);
        Assert.Equal("mine", settings.Headers["x-two"]);
        Assert.Equal(3, settings.Headers.Count);
    }

    [Theory]
    [InlineData("key\r\nX: y"), InlineData("schlüssel"), InlineData("  ")]
    public void A_key_that_no_header_can_carry_is_refused(string token) =>
        Assert.Throws<ArgumentException>(() => Settings(new() { BearerToken = token }, []));

    [Theory]
    [InlineData("ftp://h"), InlineData("http://h/?q=1"), InlineData("http://h/#f"), InlineData("http://u:p@h/")]
    public void An_address_that_cannot_be_a_base_is_refused(string url) =>
        Assert.Throws<ArgumentException>(() => Settings(new() { BaseUrl = new(url), BearerToken = "k" }, []));

    [Fact]
    public void A_variable_that_is_no_address_is_named() => Assert.Contains(
        "COFFER_URL",
        Assert.Throws<ArgumentException>(() => Settings(new(), new() { ["COFFER_URL"] = "localhost" })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Senseless_limits_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Settings(new() { BearerToken = "k", Timeout = TimeSpan.Zero }, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Settings(new() { BearerToken = "k", MaxRetries = -1 }, []));
    }

    private static ClientSettings Settings(CofferClientOptions options, Dictionary<string, string> environment) =>
        new(options, name => environment.GetValueOrDefault(name));
}
