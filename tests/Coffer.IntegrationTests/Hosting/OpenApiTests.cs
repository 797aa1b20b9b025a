using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Coffer.Http;
using Coffer.IntegrationTests.Server;
using Coffer.Server.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Xunit.Sdk;

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
            string path = template.Replace("{bucket}", "none", StringComparison.Ordinal).Replace("{key}", "none", StringComparison.Ordinal).Replace("{id}", "none", StringComparison.Ordinal);
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
        Assert.All(operations, operation => Assert.Contains(
            operation.GetProperty("responses").EnumerateObject(), response => response.Name.StartsWith('2')));
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
    [InlineData("418 Teapot\r\nContent-Length: 0\r\n\r\n", "has a status that the document does not list")]
    [InlineData("200 OK\r\nContent-Type: text/plain\r\nX-Stray: 1\r\nContent-Length: 2\r\n\r\nok", "has the undescribed header X-Stray")]
    [InlineData("200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok", "has the undescribed content type text/html")]
    public async Task An_undescribed_answer_fails_whoever_reads_it(string answer, string fault)
    {
        await using CofferProcess stranger = CofferProcess.Make(); // never started: the test answers in its place
        using var listener = new TcpListener(IPAddress.Loopback, stranger.Port);
        listener.Start();
        Func<Task>[] readers =
        [
            () => stranger.Api.GetAsync("/healthz"),
            () => Api.Http.GetAsync(new Uri(stranger.BaseUrl, "/healthz")),
            () => Task.Run(() => Api.Http.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(stranger.BaseUrl, "/healthz")))),
            async () =>
            {
                await using RawHttp raw = await RawHttp.ConnectAsync(stranger);
                await raw.SendAsync("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
                await raw.AnswerAsync();
            },
        ];

        foreach (Func<Task> reader in readers)
        {
            Task<XunitException> noticed = Assert.ThrowsAnyAsync<XunitException>(reader);
            using TcpClient connection = await listener.AcceptTcpClientAsync();
            NetworkStream stream = connection.GetStream();
            Assert.NotEqual(0, await stream.ReadAsync(new byte[1000]));
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}"));
            Assert.Contains(fault, (await noticed).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_what_was_no_request_may_be_refused_without_a_description()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        await using RawHttp raw = await RawHttp.ConnectAsync(server);
        await raw.SendAsync("GET /v1/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        await Assert.ThrowsAnyAsync<XunitException>(() => raw.RefusedUnreadAsync(404));
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
