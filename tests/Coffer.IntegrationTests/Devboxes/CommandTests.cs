using System.Net;
using System.Text;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>Commands over the wire.</summary>
public sealed class CommandTests(CommandTests.ExecServer server) : IClassFixture<CommandTests.ExecServer>
{
    private Api Api => server.Api;

    [Fact]
    public async Task A_command_reads_what_is_mounted_and_a_file_call_what_it_wrote()
    {
        string id = await MakeAsync("""{"file_mounts":{"/data/in.txt":"mounted"},"environment_variables":{"WORD":"given"}}""");

        JsonElement ran = await RunAsync(id, "test -f /data/in.txt && echo exists; cat /data/in.txt; echo $WORD > /data/out.txt; echo bad >&2; exit 3");

        Assert.Equal("completed", ran.Text("status"));
        Assert.Equal(id, ran.Text("devbox_id"));
        Assert.Equal(3, ran.GetProperty("exit_status").GetInt32());
        Assert.Equal("exists\nmounted", ran.Text("stdout"));
        Assert.Equal("bad\n", ran.Text("stderr"));
        Assert.False(ran.GetProperty("stdout_truncated").GetBoolean());
        Assert.Equal("given\n", (await Api.PostAsync($"/v1/devboxes/{id}/read_file_contents", """{"file_path":"/data/out.txt"}""")).Expect(200).Text);
    }

    [Fact]
    public async Task A_command_that_takes_long_is_waited_for_again_and_again()
    {
        string id = await MakeAsync();
        JsonElement begun = (await Api.PostAsync($"/v1/devboxes/{id}/execute",
            """{"command":"echo begun; while [ ! -e go ]; do sleep 0.05; done; echo done","command_id":"0197a3c2-5b1e-7000-8000-00000000000a","optimistic_timeout":0}""")).Expect(200).Json;
        string path = $"/v1/devboxes/{id}/executions/{begun.Text("execution_id")}";

        Assert.Equal("running", begun.Text("status"));
        Assert.False(begun.TryGetProperty("exit_status", out _));
        (await Api.PostAsync($"{path}/wait_for_status", """{"statuses":["completed"],"timeout_seconds":0.1}""")).ExpectError(408, "timeout");
        Assert.Equal("running", (await Api.PostAsync($"{path}/wait_for_status", """{"statuses":["running"]}""")).Expect(200).Json.Text("status"));
        (await Api.PostAsync($"/v1/devboxes/{id}/write_file_contents", """{"file_path":"go","contents":""}""")).Expect(200);
        JsonElement ended = (await Api.PostAsync($"{path}/wait_for_status", """{"statuses":["completed"]}""")).Expect(200).Json;

        Assert.Equal("begun\ndone\n", ended.Text("stdout"));
        Assert.Equal("done\n", (await Api.GetAsync($"{path}?last_n=1")).Expect(200).Json.Text("stdout"));
        Assert.True((await Api.GetAsync($"{path}?last_n=1")).Json.GetProperty("stdout_truncated").GetBoolean());
        JsonElement again = (await Api.PostAsync($"/v1/devboxes/{id}/execute",
            """{"command":"echo begun; while [ ! -e go ]; do sleep 0.05; done; echo done","command_id":"0197a3c2-5b1e-7000-8000-00000000000a"}""")).Expect(200).Json;
        Assert.Equal(begun.Text("execution_id"), again.Text("execution_id"));
        (await Api.PostAsync($"/v1/devboxes/{id}/execute", """{"command":"other","command_id":"0197a3c2-5b1e-7000-8000-00000000000a"}"""))
            .ExpectError(400, "request_id_reused");
    }

    [Fact]
    public async Task The_older_form_answers_at_the_end()
    {
        string id = await MakeAsync();

        JsonElement ran = (await Api.PostAsync($"/v1/devboxes/{id}/execute_sync", """{"command":"sleep 0.2; echo out"}""")).Expect(200).Json;

        Assert.Equal("out\n", ran.Text("stdout"));
        Assert.Equal(0, ran.GetProperty("exit_status").GetInt32());
    }

    [Fact]
    public async Task Killed_it_has_the_status_of_a_kill()
    {
        string id = await MakeAsync();
        JsonElement begun = (await Api.PostAsync($"/v1/devboxes/{id}/execute_async", """{"command":"sleep 1000"}""")).Expect(200).Json;
        string path = $"/v1/devboxes/{id}/executions/{begun.Text("execution_id")}";

        JsonElement killed = (await Api.PostAsync($"{path}/kill")).Expect(200).Json;

        Assert.Equal(("completed", 137), (killed.Text("status"), killed.GetProperty("exit_status").GetInt32()));
        Assert.Equal(137, (await Api.PostAsync($"{path}/kill", "{}")).Expect(200).Json.GetProperty("exit_status").GetInt32());
    }

    [Fact]
    public async Task The_streams_carry_what_is_written_while_it_is_written()
    {
        string id = await MakeAsync();
        JsonElement begun = (await Api.PostAsync($"/v1/devboxes/{id}/execute_async",
            """{"command":"printf 'one é'; echo bad >&2; while [ ! -e go ]; do sleep 0.05; done; printf '\\xf0\\x9f'; sleep 0.3; printf '\\x8e\\x89 two\\n\\xc3'"}""")).Expect(200).Json;
        string path = $"/v1/devboxes/{id}/executions/{begun.Text("execution_id")}";
        using HttpResponseMessage response = await ReadAlongAsync($"{path}/stream_stdout_updates?offset=0");
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        Assert.Equal(("one é", 6), Event(await reader.ReadLineAsync())); // before it ends
        Assert.Equal("", await reader.ReadLineAsync());
        (await Api.PostAsync($"/v1/devboxes/{id}/write_file_contents", """{"file_path":"go","contents":""}""")).Expect(200);
        var rest = new StringBuilder();
        long offset = 6;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
            {
                (string output, offset) = Event(line);
                rest.Append(output);
            }
        }

        Assert.Equal(("🎉 two\n\uFFFD", 16), (rest.ToString(), offset)); // the character that came in two halves is whole, the half one is shown
        Assert.Contains("""data: {"output":"bad\n","offset":4}""", (await Api.GetAsync($"{path}/stream_stderr_updates")).Expect(200).Text, StringComparison.Ordinal);
        Assert.Equal(("two\n\uFFFD", 16), Event((await Api.GetAsync($"{path}/stream_stdout_updates?offset=11")).Expect(200).Text.Split('\n')[0]));
        Assert.Equal("", (await Api.GetAsync($"{path}/stream_stdout_updates?offset=1000")).Expect(200).Text);
        (await Api.GetAsync($"{path}/stream_stdout_updates?offset=-1")).ExpectError(400, "invalid_argument");
    }

    [Theory]
    [InlineData("{}"), InlineData("""{"command":""}"""), InlineData("""{"command":"a\u0000b"}"""), InlineData("""{"command":1}""")]
    [InlineData("""{"command":"true","shell_name":"main"}"""), InlineData("""{"command":"true","attach_stdin":true}""")]
    [InlineData("""{"command":"true","command_id":""}""")]
    public async Task A_request_that_asks_for_what_there_is_not_is_refused(string body)
    {
        string id = await MakeAsync();

        foreach (string call in (string[])["execute", "execute_async", "execute_sync"])
        {
            (await Api.PostAsync($"/v1/devboxes/{id}/{call}", body)).ExpectError(400, "invalid_argument");
        }
    }

    [Fact]
    public async Task Waits_and_lines_that_are_none_are_refused()
    {
        string id = await MakeAsync();
        string path = $"/v1/devboxes/{id}/executions/{(await RunAsync(id, "true")).Text("execution_id")}";

        (await Api.PostAsync($"{path}/wait_for_status", """{"statuses":["ended"]}""")).ExpectError(400, "invalid_argument");
        (await Api.PostAsync($"{path}/wait_for_status", """{"statuses":[]}""")).ExpectError(400, "invalid_argument");
        (await Api.PostAsync($"{path}/wait_for_status", """{"statuses":"completed"}""")).ExpectError(400, "invalid_argument");
        (await Api.PostAsync($"{path}/wait_for_status", """{"timeout_seconds":-1}""")).ExpectError(400, "invalid_argument");
        (await Api.GetAsync($"{path}?last_n=many")).ExpectError(400, "invalid_argument");
        (await Api.GetAsync($"/v1/devboxes/{id}/executions/none")).ExpectError(404, "execution_not_found");
        (await Api.GetAsync($"/v1/devboxes/{await MakeAsync()}/executions/{path[(path.LastIndexOf('/') + 1)..]}")).ExpectError(404, "execution_not_found");
    }

    [Fact]
    public async Task A_shutdown_ends_what_runs()
    {
        string id = await MakeAsync();
        JsonElement begun = (await Api.PostAsync($"/v1/devboxes/{id}/execute_async", """{"command":"echo begun; sleep 1000"}""")).Expect(200).Json;
        using HttpResponseMessage along = await ReadAlongAsync($"/v1/devboxes/{id}/executions/{begun.Text("execution_id")}/stream_stdout_updates");
        using var reader = new StreamReader(await along.Content.ReadAsStreamAsync());
        Assert.Equal(("begun\n", 6), Event(await reader.ReadLineAsync()));

        (await Api.PostAsync($"/v1/devboxes/{id}/shutdown")).Expect(200);

        Assert.Equal("", (await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20))).Trim());
        Answer late = await Api.PostAsync($"/v1/devboxes/{id}/execute", """{"command":"true"}""");
        Assert.InRange((int)late.Status, 400, 410);
    }

    [Fact]
    public async Task A_command_reaches_neither_the_server_s_port_nor_its_data()
    {
        string id = await MakeAsync();

        JsonElement ran = await RunAsync(id, $"""
            ( exec 3<>/dev/tcp/127.0.0.1/{server.Process.Port} ) 2> /dev/null && echo reached
            ls {server.Process.Data} 2> /dev/null && echo data
            cat /proc/*/environ | tr '\0' '\n' | grep -c COFFER
            """);

        Assert.Equal("0\n", ran.Text("stdout"));
    }

    [Theory]
    [InlineData("@runloop/api-client"), InlineData("runloop-api-client-1.28")]
    public Task The_published_client_runs_commands_and_reads_along(string client) =>
        NodeScript.RunAsync("devbox-exec.mjs", server.Process, Canary.ApiKey, [], ("RUNLOOP_CLIENT", client));

    /// <summary>A stream that is read while it comes.</summary>
    private async Task<HttpResponseMessage> ReadAlongAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Process.BaseUrl, path));
        request.Headers.Authorization = new("Bearer", Api.Token);
        return await Api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    internal static (string Output, long Offset) Event(string? line)
    {
        JsonElement told = JsonSerializer.Deserialize<JsonElement>(line!["data: ".Length..]);
        return (told.Text("output")!, told.GetProperty("offset").GetInt64());
    }

    private async Task<string> MakeAsync(string body = "{}") => (await Api.PostAsync("/v1/devboxes", body)).Expect(200).Json.Text("id")!;

    private async Task<JsonElement> RunAsync(string id, string command) => (await Api.PostAsync(
        $"/v1/devboxes/{id}/execute", new { command, command_id = Guid.CreateVersion7().ToString() })).Expect(200).Json;

    public sealed class ExecServer : OwnServer
    {
        protected override ServerSetup Setup => Running();

        /// <summary>A server that runs commands, with uids that no other server of the tests has.</summary>
        internal static ServerSetup Running()
        {
            string? missing = Boxes.Missing();
            Assert.SkipWhen(missing is not null, missing ?? "");
            return new ServerSetup().With("COFFER_DEVBOX_EXEC", "bubblewrap").With("COFFER_DEVBOX_UIDS", Boxes.Range());
        }
    }
}
