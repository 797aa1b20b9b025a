using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

public sealed class RestartTests
{
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_running_devbox_runs_on_after_a_restart(bool isKilled)
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string archive = await server.Api.StoreAsync(DevboxApi.Tgz(("a", "text")), "a.tgz", "tgz");
        string id = await server.Api.NewBoxAsync((archive, "/m"));
        string ended = await server.Api.NewBoxAsync();
        (await server.Api.WriteAsync(id, "written", "later")).Expect(200);
        (await server.Api.ShutdownAsync(ended)).Expect(200);
        string before = (await server.Api.BoxAsync(id)).Text;

        await (isKilled ? server.KillAsync() : server.StopAsync());
        await server.StartAgainAsync();

        Assert.Equal(before, (await server.Api.BoxAsync(id)).Expect(200).Text);
        Assert.Equal("text", await server.Api.TextAsync(id, "/m/a"));
        Assert.Equal("later", await server.Api.TextAsync(id, "written"));
        (await server.Api.WriteAsync(id, "written", "again")).Expect(200);
        Assert.Equal("shutdown", (await server.Api.BoxAsync(ended)).Expect(200).Json.Text("status"));

        if (Environment.IsPrivilegedProcess)
        {
            string other = await server.Api.NewBoxAsync();
            Assert.NotEqual(await OwnerAsync(server.RootOf(id)), await OwnerAsync(server.RootOf(other))); // its user is not given away
        }

        (await server.Api.ShutdownAsync(id)).Expect(200);
    }

    [Theory]
    [InlineData(true, "running"), InlineData(false, "failure")]
    public async Task After_a_power_cut_a_devbox_runs_on_if_it_was_on_the_disk(bool wasSettled, string status)
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string id = await server.Api.NewBoxAsync(new { file_mounts = new Dictionary<string, string> { ["/f"] = "text" } });
        string folder = Path.GetDirectoryName(server.RootOf(id))!;
        for (int tries = 0; tries < 1000 && !File.Exists(Path.Combine(folder, "settled")); tries++)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await server.KillAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "boot"), "an earlier run of the machine", TestContext.Current.CancellationToken);
        if (!wasSettled)
        {
            File.Delete(Path.Combine(folder, "settled"));
        }

        await server.StartAgainAsync();

        Assert.Equal(status, (await server.Api.BoxAsync(id)).Expect(200).Json.Text("status"));
        Assert.Equal(wasSettled, File.Exists(Path.Combine(server.RootOf(id), "f")));
    }

    [Fact]
    public async Task What_was_being_made_when_the_server_was_killed_has_failed_and_left_nothing()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string large = await server.Api.StoreAsync(new byte[50 << 20], "large", "binary");
        object body = DevboxApi.MountsOf([.. Enumerable.Range(0, 100).Select(index => (large, $"/tmp/{index}"))]);
        Task<Answer> creating = server.Api.CreateBoxAsync(body);
        string[] boxes;
        while ((boxes = await server.Api.BoxesAsync("?status=provisioning")).Length == 0 || !Directory.Exists(server.RootOf(boxes[0])))
        {
            Assert.False(creating.IsCompleted);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        (await server.Api.ReadAsync(boxes[0], "/tmp/0")).ExpectError(400, "devbox_not_running");
        await server.KillAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => creating);
        Assert.True(Directory.Exists(server.RootOf(boxes[0])));
        await server.StartAgainAsync();

        JsonElement view = (await server.Api.BoxAsync(boxes[0])).Expect(200).Json;
        Assert.Equal(("failure", "health_check_failed"), (view.Text("status"), view.Text("failure_reason")));
        Assert.Equal("health_check_failed", view.Items("state_transitions")[^1].Text("failure_reason"));
        Assert.False(Directory.Exists(Path.GetDirectoryName(server.RootOf(boxes[0]))));
    }

    [Fact]
    public async Task A_devbox_that_is_shut_down_while_it_is_made_leaves_nothing()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string large = await server.Api.StoreAsync(new byte[50 << 20], "large", "binary");
        Task<Answer> creating = server.Api.CreateBoxAsync(DevboxApi.MountsOf([.. Enumerable.Range(0, 100).Select(index => (large, $"/tmp/{index}"))]));
        string[] boxes;
        while ((boxes = await server.Api.BoxesAsync("?status=provisioning")).Length == 0)
        {
            Assert.False(creating.IsCompleted);
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        Assert.Equal("shutdown", (await server.Api.ShutdownAsync(boxes[0])).Expect(200).Json.Text("status"));

        Assert.Equal("shutdown", (await creating).Expect(200).Json.Text("status"));
        Assert.False(Directory.Exists(Path.GetDirectoryName(server.RootOf(boxes[0]))));
    }

    [Fact]
    public async Task A_shutdown_that_was_cut_off_is_finished_at_the_start()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string id = await server.Api.NewBoxAsync();
        string folder = Path.Combine(server.Data, "devboxes");
        (await server.Api.ShutdownAsync(id)).Expect(200);
        await server.KillAsync();
        Directory.CreateDirectory(Path.Combine(folder, id, "root/tmp")); // as if it had been killed before the files were removed
        Directory.CreateDirectory(Path.Combine(folder, $".removed-{id}", "root/tmp"));
        Directory.CreateDirectory(Path.Combine(folder, "somebody else's"));

        await server.StartAgainAsync();

        Assert.Equal("shutdown", (await server.Api.BoxAsync(id)).Expect(200).Json.Text("status"));
        Assert.False(Directory.Exists(Path.Combine(folder, id)));
        Assert.False(Directory.Exists(Path.Combine(folder, $".removed-{id}")));
        Assert.True(Directory.Exists(Path.Combine(folder, "somebody else's")));
    }

    [Fact]
    public async Task A_devbox_whose_files_are_lost_has_failed()
    {
        await using CofferProcess server = await CofferProcess.StartAsync();
        string id = await server.Api.NewBoxAsync();
        await server.KillAsync();
        Directory.Delete(server.RootOf(id), recursive: true);

        await server.StartAgainAsync();

        Assert.Equal("failure", (await server.Api.BoxAsync(id)).Expect(200).Json.Text("status"));
        (await server.Api.ReadAsync(id, "/tmp/a")).ExpectError(400, "devbox_not_running");
    }

    private static async Task<string> OwnerAsync(string path) => (await RunCommand.RunAsync("stat", ["-c", "%u", path], "/")).Text.Trim();
}
