using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Hosting;

public sealed class HealthTests(SharedServer server)
{
    private readonly Api _nobody = server.Api.WithKey(null);

    [Fact]
    public async Task Health_is_one_word() => Assert.Equal("ok", (await _nobody.GetAsync("/healthz")).Expect(200).Text);

    [Fact]
    public async Task Readiness_looks_at_the_engines() => Assert.Equal("ready", (await _nobody.GetAsync("/readyz")).Expect(200).Text);

    [Fact]
    public async Task The_served_OpenAPI_document_is_the_one_in_the_repository()
    {
        Answer answer = (await _nobody.GetAsync("/openapi/v1.json")).Expect(200);

        Assert.True(JsonElement.DeepEquals(OpenApi.Document.Root, answer.Json));
    }

    [Fact]
    public void The_log_says_where_the_server_listens_and_where_its_data_and_keys_are()
    {
        JsonElement line = Assert.Single(
            server.Process.Log.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonSerializer.Deserialize<JsonElement>(line)),
            line => line.Number("event_id") == 5000);

        JsonElement values = line.GetProperty("values");
        Assert.Equal(server.Process.BaseUrl.ToString().TrimEnd('/'), values.Text("Addresses"));
        Assert.Equal(server.Process.Data, values.Text("DataFolder"));
        Assert.Equal(Path.Combine(server.Process.Data, "credentials.json"), values.Text("Credentials"));
    }

    [Fact]
    public async Task A_request_is_one_line_of_the_log_without_its_query()
    {
        string requestId = $"log-{Guid.NewGuid():N}";
        (await server.Api.GetAsync("/v1/objects?limit=1&name=in-the-query", ("x-request-id", requestId))).Expect(200);

        RequestLine[] lines = await RequestLine.WhenAsync(server.Process, lines => lines.Any(line => line.RequestId == requestId));

        RequestLine line = Assert.Single(lines, line => line.RequestId == requestId);
        Assert.Equal(("GET", "/v1/objects", "objects.list", 200), (line.Method, line.Path, line.Operation, line.Status));
        Assert.DoesNotContain("in-the-query", server.Process.Log, StringComparison.Ordinal);
    }
}
