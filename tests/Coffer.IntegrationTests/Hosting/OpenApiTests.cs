using System.Text.Json;
using Coffer.IntegrationTests.Server;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coffer.IntegrationTests.Hosting;

/// <summary>The document describes the server that there is. That it describes each answer is checked wherever one is seen.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task The_document_lists_exactly_the_routes_of_the_server()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("coffer-test-");
        var options = new CofferOptions { Data = folder.FullName, Urls = [BindingAddress.Parse("http://127.0.0.1:0")], LogStream = Stream.Null };
        await using (Coffer.Server.RunningServer server = await Coffer.Server.RunningServer.StartAsync(options, CancellationToken.None))
        {
            IEnumerable<string> served =
                from endpoint in server.Endpoints.OfType<RouteEndpoint>()
                from method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
                select $"{method} {endpoint.RoutePattern.RawText}";
            IEnumerable<string> documented = OpenApi.Document.Operations.Select(operation => $"{operation.Method} {operation.Path}");

            Assert.Equal(served.Order(), documented.Order());
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own_a_summary_and_a_success()
    {
        JsonElement[] operations = [.. OpenApi.Document.Operations.Select(operation => operation.Operation)];

        Assert.Equal(operations.Length, operations.Select(operation => operation.Text("operationId")).Distinct().Count());
        Assert.All(operations, operation => Assert.NotEmpty(operation.Text("summary")!));
        Assert.All(operations, operation => Assert.True(operation.GetProperty("responses").TryGetProperty("200", out _)));
        Assert.All(operations, operation => Assert.True(operation.TryGetProperty("security", out _)));
    }

    [Fact]
    public void Every_parameter_of_a_path_is_described_and_every_reference_leads_somewhere()
    {
        JsonElement root = OpenApi.Document.Root;
        foreach (JsonProperty path in root.GetProperty("paths").EnumerateObject().Where(path => path.Name.Contains('{')))
        {
            Assert.NotEmpty(path.Value.Items("parameters"));
        }

        Check(root);

        void Check(JsonElement element)
        {
            if (element.ValueKind is JsonValueKind.Object)
            {
                if (element.TryGetProperty("$ref", out JsonElement reference))
                {
                    JsonElement at = root;
                    foreach (string name in reference.GetString()!["#/".Length..].Split('/'))
                    {
                        Assert.True(at.TryGetProperty(name, out at), reference.GetString());
                    }
                }

                foreach (JsonProperty member in element.EnumerateObject())
                {
                    Check(member.Value);
                }
            }
            else if (element.ValueKind is JsonValueKind.Array)
            {
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Check(item);
                }
            }
        }
    }

    [Theory]
    [InlineData("""{"name":"default"}""", "$.created_at_ms is missing")]
    [InlineData("""{"name":"default","created_at_ms":"soon"}""", "$.created_at_ms is string")]
    [InlineData("""{"name":"default","created_at_ms":1,"secret":"x"}""", "$.secret is not described")]
    [InlineData("""{"name":null,"created_at_ms":1}""", "$.name is null")]
    [InlineData("""{"name":"default","created_at_ms":-1}""", "$.created_at_ms is too small")]
    public void An_answer_that_the_document_does_not_describe_is_noticed(string body, string fault)
    {
        JsonElement account = OpenApi.Document.Root.GetProperty("components").GetProperty("schemas").GetProperty("Account");
        List<string> faults = [];

        new JsonSchema(OpenApi.Document.Root).Check(JsonSerializer.Deserialize<JsonElement>(body), account, "$", faults);

        Assert.StartsWith(fault, Assert.Single(faults), StringComparison.Ordinal);
    }
}
