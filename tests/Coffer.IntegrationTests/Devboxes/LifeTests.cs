using System.Diagnostics;
using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

public sealed class LifeTests(SharedServer server) : IAsyncLifetime
{
    private Api _api = server.Api;

    public async ValueTask InitializeAsync() => _api = await server.Accounts.NewAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task After_its_shutdown_a_devbox_is_shown_but_has_no_files()
    {
        string id = await _api.NewBoxAsync(new { file_mounts = new Dictionary<string, string> { ["/tmp/a"] = "x" } });
        Assert.True(Directory.Exists(server.Process.RootOf(id)));

        JsonElement view = (await _api.ShutdownAsync(id)).Expect(200).Json;

        Assert.Equal(("shutdown", "api_shutdown"), (view.Text("status"), view.Text("shutdown_reason")));
        Assert.NotNull(view.Number("end_time_ms"));
        Assert.False(Directory.Exists(Path.GetDirectoryName(server.Process.RootOf(id))));
        (await _api.ReadAsync(id, "/tmp/a")).ExpectError(400, "devbox_not_running");
        (await _api.WriteAsync(id, "/tmp/a", "y")).ExpectError(400, "devbox_not_running");
        (await _api.DownloadAsync(id, "/tmp/a")).ExpectError(400, "devbox_not_running");
        (await _api.UploadAsync(id, "/tmp/a", [1])).ExpectError(400, "devbox_not_running");
        Assert.Equal(view.GetRawText(), (await _api.PostAsync($"/v1/devboxes/{id}/shutdown?force=true", "{}")).Expect(200).Text);
        Assert.Equal(view.GetRawText(), (await _api.BoxAsync(id)).Expect(200).Text);
    }

    [Fact]
    public async Task A_devbox_ends_by_itself_when_its_time_is_over()
    {
        string id = await _api.NewBoxAsync(new { launch_parameters = new { keep_alive_time_seconds = 2 } });
        var waited = Stopwatch.StartNew();

        JsonElement view = (await _api.PostAsync($"/v1/devboxes/{id}/wait_for_status", new { statuses = new[] { "failure", "shutdown" } })).Expect(200).Json;

        Assert.InRange(waited.Elapsed.TotalSeconds, 0, 20);
        Assert.Equal(("shutdown", "keep_alive_timeout"), (view.Text("status"), view.Text("shutdown_reason")));
        Assert.Equal(view.Number("create_time_ms") + 2000, view.Number("end_time_ms"));
        (await _api.ReadAsync(id, "/tmp/a")).ExpectError(400, "devbox_not_running");
        while (Directory.Exists(server.Process.RootOf(id)))
        {
            Assert.InRange(waited.Elapsed.TotalSeconds, 0, 40);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Waiting_ends_at_once_when_a_devbox_stands_as_asked_or_has_ended_otherwise()
    {
        string id = await _api.NewBoxAsync();
        string wait = $"/v1/devboxes/{id}/wait_for_status";
        var waited = Stopwatch.StartNew();

        (await _api.PostAsync(wait, new { statuses = new[] { "running", "failure", "shutdown" }, timeout_seconds = 30.0 })).Expect(200);
        (await _api.PostAsync(wait, new { statuses = new[] { "shutdown" }, timeout_seconds = 0.1 })).ExpectError(408, "timeout");
        (await _api.PostAsync(wait, new { statuses = new[] { "suspended" }, timeout_seconds = 0 })).ExpectError(408, "timeout");
        (await _api.ShutdownAsync(id)).Expect(200);
        (await _api.PostAsync(wait, new { statuses = new[] { "running" } })).ExpectError(408, "timeout");

        Assert.InRange(waited.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public async Task Who_waits_is_told_of_a_shutdown()
    {
        string id = await _api.NewBoxAsync();
        Task<Answer> waiting = _api.PostAsync($"/v1/devboxes/{id}/wait_for_status", new { statuses = new[] { "shutdown" } });
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        var waited = Stopwatch.StartNew();

        await _api.ShutdownAsync(id);

        Assert.Equal("shutdown", (await waiting).Expect(200).Json.Text("status"));
        Assert.InRange(waited.Elapsed.TotalSeconds, 0, 15);
    }

    [Theory]
    [InlineData("{}"), InlineData("""{"statuses":[]}"""), InlineData("""{"statuses":["asleep"]}"""), InlineData("""{"statuses":"running"}""")]
    [InlineData("""{"statuses":["running"],"timeout_seconds":-1}""")]
    public async Task A_wait_for_nothing_known_is_refused(string body) =>
        (await _api.PostAsync($"/v1/devboxes/{await _api.NewBoxAsync()}/wait_for_status", body)).ExpectError(400, "invalid_argument");

    [Fact]
    public async Task Devboxes_are_listed_newest_first_page_by_page()
    {
        List<string> made = [];
        for (int i = 0; i < 5; i++)
        {
            made.Insert(0, await _api.NewBoxAsync());
        }

        (await _api.ShutdownAsync(made[1])).Expect(200);

        Assert.Equal(made, await _api.BoxesAsync());
        JsonElement page = (await _api.GetAsync("/v1/devboxes?limit=2")).Expect(200).Json;
        Assert.Equal((true, 5L), (page.Flag("has_more"), page.Number("total_count")));
        Assert.Equal(new[] { made[2], made[3] }, await _api.BoxesAsync($"?limit=2&starting_after={made[1]}")); // the cursor's own has ended
        Assert.Equal(new[] { made[4] }, await _api.BoxesAsync($"?starting_after={made[3]}&include_total_count=false"));
        Assert.Equal(new[] { made[1] }, await _api.BoxesAsync("?status=shutdown"));
        Assert.Equal(made.Where(id => id != made[1]), await _api.BoxesAsync("?status=running&limit=0"));
        Assert.Empty(await _api.BoxesAsync("?status=suspended"));
        Assert.Empty(await _api.BoxesAsync("?starting_after=dbx_unknown"));
        Assert.True((await _api.GetAsync("/v1/devboxes?include_total_count=false")).Expect(200).Json.IsNullOrAbsent("total_count"));
        (await _api.GetAsync("/v1/devboxes?status=asleep")).ExpectError(400, "invalid_argument");
        (await _api.GetAsync("/v1/devboxes?limit=many")).ExpectError(400, "invalid_argument");
        Assert.Empty(await (await server.Accounts.NewAsync()).BoxesAsync());
    }

    [Theory]
    [InlineData("dbx_unknown"), InlineData("dbx_00000000000000000000000000"), InlineData("obj_00000000000000000000000000")]
    public async Task An_id_that_no_devbox_has_is_not_found(string id)
    {
        (await _api.BoxAsync(id)).ExpectError(404, "devbox_not_found");
        (await _api.ShutdownAsync(id)).ExpectError(404, "devbox_not_found");
        (await _api.PostAsync($"/v1/devboxes/{id}/suspend")).ExpectError(404, "not_found");
    }
}
