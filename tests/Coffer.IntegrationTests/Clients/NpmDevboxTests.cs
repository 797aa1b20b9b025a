using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Clients;

/// <summary>The published @runloop/api-client with default options on devboxes, hence over HTTP/2 with prior knowledge.</summary>
public sealed class NpmDevboxTests
{
    [Fact]
    public async Task Archives_are_mounted_and_their_files_are_read_from_inside()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();

        await NodeScript.RunAsync("devbox.mjs", server, Canary.ApiKey);

        RequestLine[] requests = await RequestLine.WhenAsync(server, lines => lines.Any(line => line is { Operation: "devboxes.read_file", Status: 400 }));
        Assert.All(requests.Where(line => line.Operation.StartsWith("devboxes.", StringComparison.Ordinal)), line => Assert.Equal("HTTP/2", line.Protocol));
        Assert.Single(requests, line => line is { Operation: "devboxes.create", Status: 404 }); // what cannot be made is not tried again
        Assert.Equal(2, requests.Count(line => line is { Operation: "devboxes.create", Status: 200 }));
    }
}
