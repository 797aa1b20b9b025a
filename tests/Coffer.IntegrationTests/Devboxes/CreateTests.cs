using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

public sealed class CreateTests(SharedServer server) : IAsyncLifetime
{
    private Api _api = server.Api;

    public async ValueTask InitializeAsync() => _api = await server.Accounts.NewAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("/v1/devboxes"), InlineData("/v1/devboxes/create_and_await_running")]
    public async Task A_devbox_runs_once_it_is_answered_and_is_shown_as_it_was_asked_for(string path)
    {
        Answer made = await _api.PostAsync(path, new
        {
            name = "box",
            metadata = new Dictionary<string, object> { ["a"] = "b", ["n"] = 1 },
            environment_variables = new { SECRET = "hidden" },
            launch_parameters = new { keep_alive_time_seconds = 60, resource_size_request = "SMALL", nested = new { x = new[] { 1 } } },
            code_mounts = Array.Empty<object>(),
            unknown = true,
        });

        JsonElement view = made.Expect(200).Json;
        Assert.StartsWith("dbx_", view.Text("id"), StringComparison.Ordinal);
        Assert.Equal(("running", "box"), (view.Text("status"), view.Text("name")));
        Assert.Equal("""{"a":"b","n":"1"}""", view.GetProperty("metadata").GetRawText());
        Assert.Equal("""{"keep_alive_time_seconds":60,"resource_size_request":"SMALL","nested":{"x":[1]}}""", view.GetProperty("launch_parameters").GetRawText());
        Assert.Equal(["provisioning", "running"], view.Items("state_transitions").Select(step => step.Text("status")!));
        Assert.DoesNotContain("hidden", made.Text, StringComparison.Ordinal);
        Assert.Equal(made.Text, (await _api.BoxAsync(view.Text("id")!)).Expect(200).Text);
    }

    [Theory]
    [InlineData(""), InlineData("{}"), InlineData("null")]
    [InlineData("""{"name":null,"metadata":null,"environment_variables":null,"launch_parameters":null,"file_mounts":null,"mounts":null,"blueprint_id":null}""")]
    public async Task A_devbox_may_have_nothing(string body)
    {
        JsonElement view = (await _api.PostAsync("/v1/devboxes", body)).Expect(200).Json;

        Assert.Equal("{}", view.GetProperty("launch_parameters").GetRawText());
        Assert.Equal("{}", view.GetProperty("metadata").GetRawText());
        (await _api.WriteAsync(view.Text("id")!, "/tmp/a", "a")).Expect(200);
        (await _api.WriteAsync(view.Text("id")!, "/home/user/b", "b")).Expect(200);
    }

    [Theory]
    [InlineData("""{"blueprint_id":"bpt_1"}""", "blueprint_id is not supported")]
    [InlineData("""{"blueprint_name":"x"}""", "blueprint_name is not supported")]
    [InlineData("""{"snapshot_id":"snp_1"}""", "snapshot_id is not supported")]
    [InlineData("""{"name":1}""", "name is not a text")]
    [InlineData("""{"name":""}""", "name has 0 characters")]
    [InlineData("""{"metadata":{"a":{}}}""", "metadata.a is not a text")]
    [InlineData("""{"environment_variables":{"A=B":"c"}}""", "environment_variables holds")]
    [InlineData("""{"environment_variables":{"A":1}}""", "environment_variables.A is not a text")]
    [InlineData("""{"launch_parameters":[]}""", "launch_parameters is not an object")]
    [InlineData("""{"launch_parameters":{"keep_alive_time_seconds":0}}""", "keep_alive_time_seconds")]
    [InlineData("""{"launch_parameters":{"keep_alive_time_seconds":172801}}""", "172800")]
    [InlineData("""{"launch_parameters":{"keep_alive_time_seconds":"60"}}""", "keep_alive_time_seconds")]
    [InlineData("""{"launch_parameters":{"a":["\ud800"]}}""", "half a surrogate pair")]
    [InlineData("""{"mounts":{}}""", "mounts is not an array")]
    [InlineData("""{"mounts":[1]}""", "mounts[0] is not an object")]
    [InlineData("""{"mounts":[{}]}""", "mounts[0].type is required")]
    [InlineData("""{"mounts":[{"type":"git_mount"}]}""", "mounts[0].type \"git_mount\" is not supported")]
    [InlineData("""{"mounts":[{"type":"object_mount","object_path":"/a"}]}""", "mounts[0].object_id is required")]
    [InlineData("""{"mounts":[{"type":"object_mount","object_id":"obj_1"}]}""", "mounts[0].object_path is required")]
    [InlineData("""{"mounts":[{"type":"object_mount","object_id":"obj_1","object_path":"a/b"}]}""", "mounts[0].object_path is not absolute")]
    [InlineData("""{"mounts":[{"type":"object_mount","object_id":"obj_1","object_path":"/a/../../b"}]}""", "mounts[0].object_path holds ..")]
    [InlineData("""{"mounts":[{"type":"object_mount","object_id":"obj_1","object_path":"/a\u0000b"}]}""", "mounts[0].object_path holds a NUL")]
    [InlineData("""{"mounts":[{"type":"file_mount","target":"/a/","content":"x"}]}""", "mounts[0].target names a folder")]
    [InlineData("""{"mounts":[{"type":"file_mount","target":"/a"}]}""", "mounts[0].content is required")]
    [InlineData("""{"mounts":[{"type":"file_mount","target":"/a","content":"\ud800"}]}""", "not well-formed Unicode")]
    [InlineData("""{"file_mounts":{"a":"x"}}""", "is not absolute")]
    [InlineData("""{"file_mounts":{"/a":1}}""", "is not a text")]
    [InlineData("""{"file_mounts":{"/":"x"}}""", "names a folder")]
    public async Task What_cannot_be_made_is_refused_by_name_and_leaves_no_devbox(string body, string reason)
    {
        Answer refused = (await _api.PostAsync("/v1/devboxes", body)).ExpectError(400, "invalid_argument");

        Assert.Contains(reason, refused.Json.Text("message"), StringComparison.Ordinal);
        Assert.Empty(await _api.BoxesAsync());
    }

    [Fact]
    public async Task More_mounts_than_a_devbox_may_have_are_refused()
    {
        var mounts = Enumerable.Range(0, 101).Select(index => new { type = "file_mount", target = $"/tmp/{index}", content = "" });
        Answer refused = (await _api.CreateBoxAsync(new { mounts })).ExpectError(400, "invalid_argument");
        Assert.Contains("at most 100 mounts", refused.Json.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_call_twice_makes_one_devbox()
    {
        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _api.CreateBoxAsync(new { name = "once" }, ("x-request-id", "same"))));

        Assert.Single(answers.Select(answer => answer.Expect(200).Text).Distinct());
        Assert.Single(await _api.BoxesAsync());
        (await _api.CreateBoxAsync(new { name = "other" }, ("x-request-id", "same"))).ExpectError(400, "request_id_reused");
        (await _api.PostAsync("/v1/devboxes/create_and_await_running", new { name = "once" }, ("x-request-id", "same"))).Expect(200);
        Assert.Equal(2, (await _api.BoxesAsync()).Length); // another call
    }

    [Fact]
    public async Task A_refused_call_may_be_repeated_under_its_id_once_its_reason_is_gone()
    {
        CreatedObject waiting = await _api.CreateAsync();
        object body = DevboxApi.MountsOf((waiting.Id, "/tmp/file"));
        (await _api.CreateBoxAsync(body, ("x-request-id", "again"))).ExpectError(400, "invalid_argument");

        (await _api.UploadAsync(waiting.UploadUrl, "text")).Expect(200);
        (await _api.CompleteAsync(waiting.Id)).Expect(200);

        string id = (await _api.CreateBoxAsync(body, ("x-request-id", "again"))).Expect(200).Json.Text("id")!;
        (await _api.RemoveAsync(waiting.Id)).Expect(200);
        Assert.Equal(id, (await _api.CreateBoxAsync(body, ("x-request-id", "again"))).Expect(200).Json.Text("id"));
    }
}
