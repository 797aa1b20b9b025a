using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Devboxes;

/// <summary>Commands over the wire.</summary>
internal static class CommandApi
{
    /// <summary>Runs a command to its end.</summary>
    public static async Task<Ran> RunAsync(this Api api, string id, string command)
    {
        JsonElement ended = (await api.PostAsync($"/v1/devboxes/{id}/execute_sync", new { command })).Expect(200).Json;
        return new Ran(ended.GetProperty("exit_status").GetInt32(), ended.Text("stdout")!, ended.Text("stderr")!);
    }

    /// <summary>The output of a command that must succeed.</summary>
    public static async Task<string> OutputAsync(this Api api, string id, string command) => (await api.RunAsync(id, command)).Text;

    /// <summary>Begins a command.</summary>
    /// <returns>The path of its execution.</returns>
    public static async Task<string> BeginAsync(this Api api, string id, string command) =>
        $"/v1/devboxes/{id}/executions/{(await api.PostAsync($"/v1/devboxes/{id}/execute_async", new { command })).Expect(200).Json.Text("execution_id")}";

    /// <summary>Waits until a command has ended.</summary>
    public static async Task<JsonElement> EndOfAsync(this Api api, string execution)
    {
        while (true)
        {
            Answer answer = await api.PostAsync($"{execution}/wait_for_status", """{"statuses":["completed"]}""");
            if (answer.Status is not System.Net.HttpStatusCode.RequestTimeout)
            {
                return answer.Expect(200).Json;
            }

            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }
}
