using System.Reflection;

namespace Coffer.Dialects.Storage;

/// <summary>GET /status, /version and /health.</summary>
internal static class ServiceStatus
{
    private static readonly string Number =
        typeof(ServiceStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static Task Status(StorageCall call)
    {
        call.Http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    public static async Task Version(StorageCall call)
    {
        call.Http.Response.ContentType = "text/plain; charset=utf-8";
        call.Http.Response.ContentLength = Number.Length;
        await call.Http.Response.BodyWriter.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Number), call.Aborted);
    }

    /// <summary>For the holder of any token.</summary>
    public static async Task Health(StorageCall call)
    {
        await StorageAuth.CallerAsync(call);
        bool isHealthy = await call.Dialect.IsHealthy(call.Aborted);
        await StorageJson.WriteAsync(call, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("healthy"u8, isHealthy);
            json.WriteEndObject();
        });
    }
}
