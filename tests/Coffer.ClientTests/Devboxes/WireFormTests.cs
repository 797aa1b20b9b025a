using System.Text;
using Coffer.Client;
using Coffer.ClientTests.Child;
using Coffer.ClientTests.Serving;
using static Coffer.ClientTests.Devboxes.Script;
using static Coffer.ClientTests.Serving.Answers;

namespace Coffer.ClientTests.Devboxes;

public sealed class WireFormTests
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_devbox_is_asked_for_in_the_words_of_the_wire(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Devbox("running"));
        using CofferClient client = server.Client();
        var request = new DevboxCreateRequest
        {
            Name = "n",
            Mounts = [new ObjectMount("obj_1", "/a"), new FileMount("/b", "text")],
            EnvironmentVariables = new Dictionary<string, string> { ["PathToIt"] = "v" },
            Metadata = new Dictionary<string, string> { ["someKey"] = "v" },
            KeepAlive = TimeSpan.FromSeconds(59.1),
        };

        await Twin.Run(async, () => client.Devboxes.CreateAsync(request), () => client.Devboxes.Create(request));

        SeenRequest seen = Assert.Single(server.Seen);
        Assert.Equal(("POST", "/v1/devboxes"), (seen.Method, seen.Target));
        Assert.Equal(
            """{"name":"n","mounts":[{"type":"object_mount","object_id":"obj_1","object_path":"/a"},{"type":"file_mount","target":"/b","content":"text"}],"environment_variables":{"PathToIt":"v"},"metadata":{"someKey":"v"},"launch_parameters":{"keep_alive_time_seconds":60}}""",
            seen.Text);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Each_call_goes_to_its_route(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Devbox("running"), Devbox("shutdown"), Json("""{"devboxes":[],"has_more":false}"""), Bytes("text"u8.ToArray()), Json("{}"), Bytes([1, 2]),
            Execution("running"), Execution("running"), Execution("running"), Completed());
        using CofferClient client = server.Client();
        DevboxesClient devboxes = client.Devboxes;
        var list = new DevboxListRequest { Limit = 3, StartingAfter = "dbx_0", Status = DevboxStatus.Running, IncludeTotalCount = false };

        await Twin.Run(async, () => devboxes.RetrieveAsync("dbx/1"), () => devboxes.Retrieve("dbx/1"));
        await Twin.Run(async, () => devboxes.ShutdownAsync("dbx_1"), () => devboxes.Shutdown("dbx_1"));
        Assert.Null((await Twin.Run(async, () => devboxes.ListAsync(list), () => devboxes.List(list))).TotalCount);
        Assert.Equal("text", await Twin.Run(async, () => devboxes.ReadFileContentsAsync("dbx_1", "a"), () => devboxes.ReadFileContents("dbx_1", "a")));
        await Twin.Run(async, () => devboxes.WriteFileContentsAsync("dbx_1", "a", ""), () => devboxes.WriteFileContents("dbx_1", "a", ""));
        await using (Stream bytes = await Twin.Run(async, () => devboxes.DownloadFileAsync("dbx_1", "a"), () => devboxes.DownloadFile("dbx_1", "a")))
        {
            Assert.Equal(1, bytes.ReadByte());
        }

        await Twin.Run(async, () => devboxes.ExecuteAsync("dbx_1", "x"), () => devboxes.Execute("dbx_1", "x"));
        await Twin.Run(async, () => devboxes.StartExecutionAsync("dbx_1", "x"), () => devboxes.StartExecution("dbx_1", "x"));
        await Twin.Run(async, () => devboxes.RetrieveExecutionAsync("dbx_1", "e"), () => devboxes.RetrieveExecution("dbx_1", "e"));
        await Twin.Run(async, () => devboxes.KillExecutionAsync("dbx_1", "e"), () => devboxes.KillExecution("dbx_1", "e"));

        Assert.Equal(
            [
                "GET /v1/devboxes/dbx%2F1", "POST /v1/devboxes/dbx_1/shutdown",
                "GET /v1/devboxes?limit=3&starting_after=dbx_0&status=running&include_total_count=false",
                "POST /v1/devboxes/dbx_1/read_file_contents", "POST /v1/devboxes/dbx_1/write_file_contents", "POST /v1/devboxes/dbx_1/download_file",
                "POST /v1/devboxes/dbx_1/execute", "POST /v1/devboxes/dbx_1/execute_async",
                "GET /v1/devboxes/dbx_1/executions/e", "POST /v1/devboxes/dbx_1/executions/e/kill",
            ],
            server.Seen.Select(request => $"{request.Method} {request.Target}"));
        Assert.Equal(
            ["""{"file_path":"a"}""", """{"file_path":"a","contents":""}""", """{"path":"a"}"""],
            server.Seen.Skip(3).Take(3).Select(request => request.Text));
        Assert.All(server.Seen.Where(request => request.Method == "POST"), request =>
        {
            Assert.Equal("application/json", request["content-type"]);
            Assert.NotNull(request["x-request-id"]);
        });
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task An_upload_is_a_form_with_the_path_first_and_is_sent_again_when_it_can_be(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Status(503, ("retry-after-ms", "1")), Json("{}"));
        using CofferClient client = server.Client();
        DevboxFiles files = client.Devboxes.FromId("dbx_1").File;
        using var content = new MemoryStream("skipped, sent"u8.ToArray()) { Position = 9 };

        await Twin.Run(async, () => files.UploadAsync("a \"b\"\u00fc", content), () => files.Upload("a \"b\"\u00fc", content));

        Assert.Equal(2, server.Seen.Count);
        SeenRequest seen = server.Seen[1];
        Assert.Equal(server.Seen[0]["x-request-id"], seen["x-request-id"]);
        string boundary = seen["content-type"]!["multipart/form-data; boundary=".Length..];
        Assert.Equal(
            $"--{boundary}\r\nContent-Disposition: form-data; name=\"path\"\r\n\r\na \"b\"\u00fc\r\n--{boundary}\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            + $"sent\r\n--{boundary}--\r\n",
            seen.Text);
        Assert.Equal($"{seen.Body.Length}", seen["content-length"]);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_can_be_read_once_is_sent_once(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Status(503), Json("{}"));
        using CofferClient client = server.Client();
        DevboxFiles files = client.Devboxes.FromId("dbx_1").File;
        using var content = new Unseekable(new MemoryStream("sent"u8.ToArray()));

        var error = await Assert.ThrowsAsync<CofferException>(() => Twin.Run(async, () => files.UploadAsync("a", content), () => files.Upload("a", content)));

        Assert.Contains("cannot seek", error.Message, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\nsent\r\n", Assert.Single(server.Seen).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_read_is_tried_again_and_a_short_one_is_an_error(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Status(503, ("retry-after-ms", "1")), Bytes("whole"u8.ToArray()), async http =>
        {
            http.Response.ContentLength = 10;
            await http.Response.Body.WriteAsync("half"u8.ToArray());
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        using CofferClient client = server.Client(options => options.MaxRetries = 1);
        DevboxFiles files = client.Devboxes.FromId("dbx_1").File;

        Assert.Equal("whole", await Twin.Run(async, () => files.ReadAsync("a"), () => files.Read("a")));
        Assert.Equal(server.Seen[0]["x-request-id"], server.Seen[1]["x-request-id"]);
        Assert.Equal("""{"file_path":"a"}""", server.Seen[1].Text);
        await Assert.ThrowsAsync<CofferConnectionException>(() => Twin.Run(async, () => files.ReadAsync("a"), () => files.Read("a")));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_write_that_the_devbox_refused_is_an_error(bool async)
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Json("""{"devbox_id":"dbx_1","exit_status":1,"stdout":"","stderr":"read-only"}"""));
        using CofferClient client = server.Client();
        DevboxFiles files = client.Devboxes.FromId("dbx_1").File;

        var error = await Assert.ThrowsAsync<CofferException>(() => Twin.Run(async, () => files.WriteAsync("a", "x"), () => files.Write("a", "x")));
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirected_question_is_not_asked_elsewhere()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(Status(307, ("location", "/elsewhere")));
        using CofferClient client = server.Client();

        var error = await Assert.ThrowsAsync<CofferException>(() => client.Devboxes.FromId("dbx_1").File.DownloadAsync("a"));

        Assert.Equal(307, (int)error.Status!);
        Assert.Single(server.Seen);
    }

    [Fact]
    public async Task Words_and_fields_of_a_newer_server_are_kept()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            Devbox("hibernating", ""","tunnel":{"port":1},"name":null"""), Execution("paused", ""","progress":0.5"""));
        using CofferClient client = server.Client();

        DevboxView view = await client.Devboxes.RetrieveAsync("dbx_1");
        ExecutionView execution = await client.Devboxes.RetrieveExecutionAsync("dbx_1", "exec_1");

        Assert.Equal(("hibernating", 1), (view.Status.Value, view.ExtraFields!["tunnel"].GetProperty("port").GetInt32()));
        Assert.Equal(("paused", 0.5), (execution.Status.Value, execution.ExtraFields!["progress"].GetDouble()));
    }

    [Fact]
    public async Task A_part_that_stands_in_serves_the_rest()
    {
        using var client = new StandIn();

        await using Devbox devbox = await client.Devboxes.CreateAsync(new());

        Assert.Equal("from the test", await devbox.File.ReadAsync("a"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => devbox.Cmd.ExecAsync("x"));
        Assert.Throws<InvalidOperationException>(() => client.Devboxes.List());
    }

    private sealed class StandIn() : CofferClient(new StandInObjects(), devboxes: new StandInDevboxes());

    private sealed class StandInObjects : ObjectsClient;

    private sealed class StandInDevboxes : DevboxesClient
    {
        public override Task<Devbox> CreateAsync(
            DevboxCreateRequest request, TimeSpan? longestWait = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult<Devbox>(new StandInDevbox());
    }

    private sealed class StandInDevbox() : Devbox(new StandInFiles());

    private sealed class StandInFiles : DevboxFiles
    {
        public override Task<string> ReadAsync(string path, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult("from the test");
    }
}
