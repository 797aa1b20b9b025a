using Coffer.Server.Access;
using Coffer.Server.Logging;
using Microsoft.AspNetCore.Http;

namespace Coffer.Server.Metrics;

/// <summary>GET /metrics: everything measured, for Prometheus. For operators only.</summary>
internal sealed class MetricsEndpoint(RequestMetrics requests, EngineMetrics engines, LogSink log, AdminGate gate)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (!await gate.AdmitAsync(http))
        {
            return;
        }

        var text = new PrometheusText();
        requests.Write(text);
        engines.Write(text);
        text.Family("coffer_log_lines_dropped_total", "counter", "Log lines lost because nobody took them.");
        text.Sample("coffer_log_lines_dropped_total", "", log.Dropped);

        http.Response.ContentType = PrometheusText.ContentType;
        await http.Response.WriteAsync(text.ToString(), http.RequestAborted);
    }
}
