using System.Text;
using Coffer.Server;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Coffer.IntegrationTests.Http;

public sealed class StartTests
{
    [Fact]
    public async Task A_taken_port_is_reported_in_one_line_that_names_it()
    {
        await using RunningServer first = await RunningServer.StartAsync();
        using var log = new MemoryStream();
        var options = new CofferOptions
        {
            Urls = [BindingAddress.Parse(first.Address.ToString())], LogStream = log,
        };
        WebApplication second = CofferServer.Build(options, static _ => default);

        var refused = await Assert.ThrowsAsync<ListenException>(() => CofferServer.StartAsync(second));
        await second.DisposeAsync();

        Assert.StartsWith($"http://127.0.0.1:{first.Address.Port} is in use;", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal("", Encoding.UTF8.GetString(log.ToArray())); // no stack trace before it
    }

    [Fact]
    public async Task An_address_of_another_machine_is_reported_in_one_line()
    {
        var options = new CofferOptions { Urls = [BindingAddress.Parse("http://203.0.113.1:8484")], LogStream = Stream.Null };
        await using WebApplication app = CofferServer.Build(options, static _ => default);

        var refused = await Assert.ThrowsAsync<ListenException>(() => CofferServer.StartAsync(app));

        Assert.Contains("http://203.0.113.1:8484", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AddressNotAvailable", refused.Message, StringComparison.Ordinal);
    }
}
