using Coffer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Coffer.Server.Health;

/// <summary>One part that must work for requests to succeed.</summary>
/// <param name="Name">A noun, completes "The … does not answer". Told to anyone who asks, so no host, path or connection text.</param>
public sealed record ReadinessCheck(string Name, Func<CancellationToken, ValueTask<bool>> IsReadyAsync);

/// <summary>GET /healthz: the process serves. GET /readyz: its parts do, or which one does not.</summary>
internal sealed class HealthEndpoints(IEnumerable<ReadinessCheck> checks, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly ReadinessCheck[] _checks = [.. checks];

    public static Task Live(HttpContext http) => WriteTextAsync(http, "ok");

    public async Task ReadyAsync(HttpContext http)
    {
        foreach (ReadinessCheck check in _checks)
        {
            if (!await IsReadyAsync(check, http.RequestAborted))
            {
                await JsonError.WriteAsync(
                    http, StatusCodes.Status503ServiceUnavailable, "not_ready", $"The {check.Name} does not answer.");
                return;
            }
        }

        await WriteTextAsync(http, "ready");
    }

    private async ValueTask<bool> IsReadyAsync(ReadinessCheck check, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await check.IsReadyAsync(patience.Token).AsTask().WaitAsync(patience.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.ReadinessUnknown(logger, check.Name, e);
            return false;
        }
    }

    private static Task WriteTextAsync(HttpContext http, string text)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.ContentLength = text.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.WriteAsync(text, http.RequestAborted);
    }
}
