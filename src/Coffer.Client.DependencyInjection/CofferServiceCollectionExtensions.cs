using Coffer.Client;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the Coffer client with an application's services.</summary>
public static class CofferServiceCollectionExtensions
{
    /// <summary>The name of the HTTP client that the factory makes for Coffer.</summary>
    public const string HttpClientName = "Coffer";

    /// <summary>
    /// Registers <see cref="CofferClient"/> and <see cref="StorageClient"/>, one of each for the application, over
    /// <see cref="IHttpClientFactory"/>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">
    /// Sets what the environment's <c>COFFER_URL</c> and <c>COFFER_API_KEY</c> are not to decide; null for nothing. A
    /// <see cref="CofferClientOptions.HttpClient"/> that is set takes the place of the factory's.
    /// </param>
    /// <returns>
    /// The HTTP client's builder. A handler that is added must override <c>Send</c> too where blocking calls are made.
    /// </returns>
    /// <remarks>
    /// The settings are <see cref="IOptions{TOptions}"/> of <see cref="CofferClientOptions"/>, so <c>services.Configure</c> sets
    /// them too. A missing key shows when a client is asked for. The client is one for the application's life, and so is its
    /// handler: that renews its connections itself, and with them what it knows of names and addresses.
    /// </remarks>
    public static IHttpClientBuilder AddCoffer(this IServiceCollection services, Action<CofferClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<CofferClientOptions> options = services.AddOptions<CofferClientOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        options.PostConfigure<IHttpClientFactory>(
            static (settings, factory) => settings.HttpClient ??= factory.CreateClient(HttpClientName));
        services.TryAddSingleton(
            provider => new CofferClient(provider.GetRequiredService<IOptions<CofferClientOptions>>().Value));
        services.TryAddSingleton(provider => provider.GetRequiredService<CofferClient>().Storage);
        return services.AddHttpClient(HttpClientName, static http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(CofferClient.CreateHttpHandler)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
    }
}
