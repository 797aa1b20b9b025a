using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Clients;

/// <summary>The published @runloop/api-client with default options on devboxes, hence over HTTP/2 with prior knowledge.</summary>
public sealed class NpmDevboxTests
{
    /// <remarks>Version 1.28 creates by the older of the two calls.</remarks>
    [Theory]
    [InlineData("@runloop/api-client", "/v1/devboxes/create_and_await_running"), InlineData("runloop-api-client-1.28", "/v1/devboxes")]
    public async Task Archives_are_mounted_and_their_files_are_read_from_inside(string client, string path)
    {
        await using CofferProcess server = await CofferProcess.StartAsync();

        await NodeScript.RunAsync("devbox.mjs", server, Canary.ApiKey, [], ("RUNLOOP_CLIENT", client));

        RequestLine[] requests = await RequestLine.WhenAsync(server, lines => lines.Any(line => line is { Operation: "devboxes.read_file", Status: 400 }));
        Assert.All(requests.Where(line => line.Operation.StartsWith("devboxes.", StringComparison.Ordinal)), line => Assert.Equal("HTTP/2", line.Protocol));
        Assert.Single(requests, line => line is { Operation: "devboxes.create", Status: 404 }); // what cannot be made is not tried again
        Assert.All(requests.Where(line => line.Operation is "devboxes.create"), line => Assert.Equal(path, line.Path));
        Assert.Equal(2, requests.Count(line => line is { Operation: "devboxes.create", Status: 200 }));
    }
}
