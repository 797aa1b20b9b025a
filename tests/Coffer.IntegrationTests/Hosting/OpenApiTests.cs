using System.Text.Json;
using Coffer.Http;
using Coffer.IntegrationTests.Server;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Coffer.IntegrationTests.Hosting;

/// <summary>The document describes the server that there is. That it describes each answer is checked wherever one is seen.</summary>
public sealed class OpenApiTests(SharedServer shared)
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
            Assert.Equal(
                server.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<ErrorShape>() is not null).Cast<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern.RawText!).Distinct().Order(),
                StoragePaths.Order());
        }

        folder.Delete(recursive: true);
    }

    /// <summary>The paths that the document puts below both places.</summary>
    private static IEnumerable<string> StoragePaths =>
        from path in OpenApi.Document.Root.GetProperty("paths").EnumerateObject()
        where path.Value.TryGetProperty("servers", out JsonElement servers)
            && servers.EnumerateArray().Select(server => server.Text("url")).SequenceEqual([OpenApi.StoragePrefix, "/"])
        select path.Name;

    [Fact]
    public async Task Every_path_of_the_Storage_API_is_below_its_prefix_and_at_the_root()
    {
        foreach ((string method, string template, _) in OpenApi.Document.Operations.Where(operation => StoragePaths.Contains(operation.Path)))
        {
            string path = template.Replace("{bucket}", "none", StringComparison.Ordinal).Replace("{key}", "none", StringComparison.Ordinal);
            Answer[] answers =
            [
                await shared.Api.WithKey(null).SendAsync(method, OpenApi.StoragePrefix + path),
                await shared.Api.WithKey(null).SendAsync(method, path),
            ];

            Assert.Equal(answers[0].Text, answers[1].Text);
            Assert.Equal(answers[0].Status, answers[1].Status);
            Assert.DoesNotContain("not found\",\"code\":\"InvalidRequest", answers[0].Text, StringComparison.Ordinal); // no such route
        }
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
