using Coffer.Client;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

internal static class SdkClient
{
    /// <summary>The SDK with the key of these calls, and with its defaults otherwise.</summary>
    public static CofferClient For(Api api, Action<CofferClientOptions>? set = null)
    {
        var options = new CofferClientOptions { BaseUrl = api.Server.BaseUrl, BearerToken = api.Token };
        set?.Invoke(options);
        return new CofferClient(options);
    }

    /// <summary>Options under which the server's log can be searched for a call and its retries.</summary>
    public static RequestOptions Traced(string requestId) => new() { Headers = { ["x-request-id"] = requestId } };
}
