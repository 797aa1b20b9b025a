using Coffer.Client;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

internal static class SdkClient
{
    /// <summary>As the SDK makes it, with a look at each answer on its way.</summary>
    private static readonly HttpClient Http = new(new DescribedAnswers(CofferClient.CreateHttpHandler())) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The SDK with the key of these calls, and with its defaults otherwise.</summary>
    public static CofferClient For(Api api, Action<CofferClientOptions>? set = null)
    {
        var options = new CofferClientOptions { BaseUrl = api.Server.BaseUrl, BearerToken = api.Token, HttpClient = Http };
        set?.Invoke(options);
        return new CofferClient(options);
    }

    /// <summary>Options under which the server's log can be searched for a call and its retries.</summary>
    public static RequestOptions Traced(string requestId) => new() { Headers = { ["x-request-id"] = requestId } };
}
