using Coffer.Client;
using Coffer.ClientTests.Serving;
using Microsoft.Extensions.DependencyInjection;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Storage;

public sealed class DependencyInjectionTests
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Both_clients_are_one_and_go_through_the_factory(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("[]"));
        var services = new ServiceCollection();
        services.AddCoffer(options => (options.BaseUrl, options.BearerToken) = (server.Url, "a key"))
            .AddHttpMessageHandler(() => new Marking());
        await using ServiceProvider provider = services.BuildServiceProvider();

        var storage = provider.GetRequiredService<StorageClient>();
        await Twin.Run(async, () => storage.ListBucketsAsync(), () => storage.ListBuckets());

        Assert.Same(provider.GetRequiredService<CofferClient>().Storage, storage);
        Assert.Same(storage, provider.GetRequiredService<StorageClient>());
        SeenRequest seen = Assert.Single(server.Seen);
        Assert.Equal(("/storage/v1/bucket", "Bearer a key", "yes"), (seen.Target, seen["Authorization"], seen["x-marked"]));
    }

    [Fact]
    public async Task Settings_come_from_wherever_options_come_from()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("[]"));
        var services = new ServiceCollection();
        services.AddCoffer();
        services.Configure<CofferClientOptions>(options => (options.BaseUrl, options.BearerToken) = (server.Url, "configured"));
        await using ServiceProvider provider = services.BuildServiceProvider();

        await provider.GetRequiredService<StorageClient>().ListBucketsAsync();

        Assert.Equal("Bearer configured", Assert.Single(server.Seen)["Authorization"]);
    }

    [Fact]
    public async Task An_HTTP_client_of_the_caller_takes_the_place_of_the_factorys()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("[]"));
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("x-mine", "yes");
        var services = new ServiceCollection();
        services.AddCoffer(options => (options.BaseUrl, options.BearerToken, options.HttpClient) = (server.Url, "k", http));
        await using ServiceProvider provider = services.BuildServiceProvider();

        await provider.GetRequiredService<CofferClient>().Storage.ListBucketsAsync();

        Assert.Equal("yes", Assert.Single(server.Seen)["x-mine"]);
    }

    [Fact]
    public void A_setting_that_cannot_be_used_shows_when_a_client_is_asked_for()
    {
        var services = new ServiceCollection();
        services.AddCoffer(options => options.BearerToken = "two\nlines");
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Throws<ArgumentException>(provider.GetRequiredService<CofferClient>);
    }

    private sealed class Marking : DelegatingHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("x-marked", "yes");
            return base.Send(request, cancellationToken);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("x-marked", "yes");
            return base.SendAsync(request, cancellationToken);
        }
    }
}
