using System.Text;
using System.Text.Json.Nodes;
using Coffer.Bench.Servers;

namespace Coffer.Bench.Load;

/// <summary>The calls of a devbox's life, over one connection.</summary>
internal sealed class DevboxApi(HttpConnection connection)
{
    private const string Headers = $"{ObjectsApi.Authorization}Content-Type: application/json\r\n";

    /// <summary>Makes a devbox and waits until it runs.</summary>
    /// <param name="mounted">An object to mount at <paramref name="path"/>; null for none.</param>
    public string Create(string? mounted = null, string path = "")
    {
        var body = new JsonObject();
        if (mounted is not null)
        {
            body["mounts"] = new JsonArray(new JsonObject { ["type"] = "object_mount", ["object_id"] = mounted, ["object_path"] = path });
        }

        JsonNode devbox = Post("/v1/devboxes", body, "the creation of a devbox");
        string id = devbox["id"]!.GetValue<string>();
        while (devbox["status"]!.GetValue<string>() != "running")
        {
            var wanted = new JsonObject { ["statuses"] = new JsonArray("running", "failure", "shutdown") };
            Answer answer = connection.Send("POST", $"/v1/devboxes/{id}/wait_for_status", Headers, Encoding.UTF8.GetBytes(wanted.ToJsonString()));
            if (answer.Status == 408)
            {
                continue;
            }

            devbox = JsonNode.Parse(ObjectsApi.Expect(answer, "the waiting for a devbox").Text)!;
            if (devbox["status"]!.GetValue<string>() is "failure" or "shutdown")
            {
                throw new InvalidRunException($"a devbox did not run: {answer.Text}");
            }
        }

        return id;
    }

    /// <summary>Runs a command to its end.</summary>
    /// <exception cref="InvalidRunException">It did not end with 0.</exception>
    public void Execute(string devbox, string command)
    {
        JsonNode ended = Post($"/v1/devboxes/{devbox}/execute_sync", new JsonObject { ["command"] = command }, "a command");
        if (ended["exit_status"]!.GetValue<int>() != 0)
        {
            throw new InvalidRunException($"the command {command} was answered {ended.ToJsonString()}");
        }
    }

    /// <exception cref="InvalidRunException">The file is not as it should be.</exception>
    public void RequireFile(string devbox, string path, ReadOnlySpan<byte> expected)
    {
        byte[] body = Encoding.UTF8.GetBytes(new JsonObject { ["path"] = path }.ToJsonString());
        Answer answer = ObjectsApi.Expect(connection.Send("POST", $"/v1/devboxes/{devbox}/download_file", Headers, body), "the download of a file");
        if (!answer.Body.Span.SequenceEqual(expected))
        {
            throw new InvalidRunException($"{path} has {answer.Body.Length} bytes in the devbox, and not the right ones");
        }
    }

    public void Shutdown(string devbox) => Post($"/v1/devboxes/{devbox}/shutdown", [], "the shutdown");

    private JsonNode Post(string target, JsonObject body, string what) =>
        JsonNode.Parse(ObjectsApi.Expect(connection.Send("POST", target, Headers, Encoding.UTF8.GetBytes(body.ToJsonString())), what).Text)!;
}
