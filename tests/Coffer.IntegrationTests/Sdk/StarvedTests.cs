using Coffer.IntegrationTests.Devboxes;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Sdk;

public sealed class StarvedTests(SharedServer server)
{
    [Fact]
    public async Task Blocking_calls_on_the_real_server_finish_while_the_thread_pool_is_exhausted()
    {
        Api account = await server.Accounts.NewAsync();

        await RunAsync(account, server.Process, "starve-on");

        Assert.Equal(4, await account.CountAsync()); // five objects went up, one of them was deleted
    }

    [Fact]
    public async Task Blocking_calls_for_files_finish_too()
    {
        Api account = await server.Accounts.NewAsync();

        await RunAsync(account, server.Process, "starve-files");

        using Coffer.Client.CofferClient coffer = SdkClient.For(account);
        Assert.StartsWith("objects", Assert.Single(await coffer.Storage.ListBucketsAsync()).Name, StringComparison.Ordinal); // the last call deletes the other bucket
    }

    [Fact]
    public async Task Blocking_calls_for_devboxes_finish_too()
    {
        await using CofferProcess runsCommands = await CofferProcess.StartAsync(CommandTests.ExecServer.Running());

        await RunAsync(runsCommands.Api, runsCommands, "starve-devboxes");

        using Coffer.Client.CofferClient coffer = SdkClient.For(runsCommands.Api);
        Assert.Equal(Coffer.Client.DevboxStatus.Shutdown, Assert.Single((await coffer.Devboxes.ListAsync()).Devboxes).Status);
    }

    private static async Task RunAsync(Api account, CofferProcess server, string mode)
    {
        string child = Path.GetFullPath("../../Coffer.ClientTests.Child/", AppContext.BaseDirectory)
            + Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')) + "/Coffer.ClientTests.Child.dll";

        RunCommand.Ended ended = await RunCommand.RunAsync(
            "dotnet", [child, mode, server.BaseUrl.AbsoluteUri], directory: null, ("COFFER_API_KEY", account.Token));

        Assert.Equal((0, "finished", ""), (ended.ExitCode, ended.Text.Trim(), ended.Errors));
    }
}
