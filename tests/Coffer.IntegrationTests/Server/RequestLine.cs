using System.Text.Json;

namespace Coffer.IntegrationTests.Server;

/// <summary>A line of the request log.</summary>
internal sealed record RequestLine(
    string Method, string Path, string Operation, int Status, string Protocol, string RequestId, string? Error, string? Decision)
{
    /// <summary>The requests that a server has logged, oldest first.</summary>
    public static RequestLine[] Of(CofferProcess server) =>
    [
        .. from line in server.Log.Split('\n')
           where line.StartsWith('{')
           let json = JsonSerializer.Deserialize<JsonElement>(line)
           where json.Text("event") == "request"
           select new RequestLine(
               json.Text("method")!, json.Text("path")!, json.Text("operation")!, (int)json.Number("status")!, json.Text("protocol")!, json.Text("request_id")!,
               json.Text("error"), json.Text("decision")),
    ];

    /// <summary>The same, once a condition holds: a line is written a moment after its answer.</summary>
    public static async Task<RequestLine[]> WhenAsync(CofferProcess server, Func<RequestLine[], bool> condition)
    {
        for (int i = 0; i < 200 && !condition(Of(server)); i++)
        {
            await Task.Delay(25);
        }

        return Of(server);
    }
}
