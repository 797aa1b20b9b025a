using System.Text.Json;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary>archive ls and archive get.</summary>
public sealed class ArchiveTests(SharedServer server) : IAsyncLifetime
{
    private CommandLine? _opened;

    private CommandLine Line => _opened!;

    public async ValueTask InitializeAsync() => _opened = await CommandLine.OnAsync(server.Process);

    public ValueTask DisposeAsync()
    {
        Line.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_archive_is_listed_and_a_file_taken_out_of_it()
    {
        byte[] large = Bytes.Random(Bytes.ManyBlocks);
        string id = await Line.Api!.StoreAsync(
            ArchiveCalls.Tgz([("src/main.c", "int main;"u8.ToArray()), ("src/large", large)]), new { name = "a.tgz", content_type = "tgz" });

        CommandLine.Ended listed = (await Line.RunAsync("archive", "ls", id)).Expect();
        JsonElement json = (await Line.RunAsync("archive", "ls", id, "--json")).Expect().Json;
        CommandLine.Ended got = (await Line.RunAsync("archive", "get", id, "./src/main.c")).Expect();
        JsonElement saved = (await Line.RunAsync("archive", "get", id, "src/large", "-o", "copy", "--json")).Expect().Json;

        Assert.Equal("src/large\nsrc/main.c\n", listed.Output);
        Assert.Equal(
            [("src/large", "file", large.Length, "0644"), ("src/main.c", "file", 9L, "0644")],
            json.EnumerateArray().Select(entry => (entry.Text("name"), entry.Text("kind"), entry.Number("size_bytes")!.Value, entry.Text("mode"))));
        Assert.Equal("main.c\n", got.Output);
        Assert.Equal("int main;"u8.ToArray(), Line.Read("main.c"));
        Assert.Equal(large, Line.Read("copy"));
        Assert.Equal((id, "src/large", "copy", (long)large.Length), (saved.Text("id"), saved.Text("name"), saved.Text("path"), saved.Number("size_bytes")));
    }

    [Fact]
    public async Task What_cannot_be_had_is_said_in_one_line_and_leaves_no_file()
    {
        string id = await Line.Api!.StoreArchiveAsync(("a", "x"));
        string text = await Line.Api!.StoreAsync("no archive");
        Line.Write("a", "kept");

        Assert.Contains("`coffer archive ls`", (await Line.RunAsync("archive", "get", id, "b")).Expect(1).Errors, StringComparison.Ordinal);
        Assert.Contains("`coffer get`", (await Line.RunAsync("archive", "ls", text)).Expect(1).Errors, StringComparison.Ordinal);
        Assert.Contains("--force", (await Line.RunAsync("archive", "get", id, "a")).Expect(1).Errors, StringComparison.Ordinal);
        Assert.Equal("kept"u8.ToArray(), Line.Read("a"));
        (await Line.RunAsync("archive", "get", id, "a", "-o", "")).Expect(2);
        (await Line.RunAsync("archive", "get", id, "../new")).Expect(2);
        (await Line.RunAsync("archive", "get", id, "a", "--force")).Expect();
        Assert.Equal("x"u8.ToArray(), Line.Read("a"));
    }
}
