using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Coffer.IntegrationTests.Server;

namespace Coffer.IntegrationTests.Cli;

/// <summary><c>coffer serve</c> at a terminal: what it says, and how Ctrl-C ends it.</summary>
public sealed partial class ServeTests : IAsyncDisposable
{
    private const string CtrlC = "\u0003";
    private readonly CommandLine _line = CommandLine.Bare();
    private readonly CofferProcess _spare = CofferProcess.Make(); // never started: it knows a port that nobody has
    private readonly StringBuilder _shown = new();
    private Process? _terminal;

    public async ValueTask DisposeAsync()
    {
        if (_terminal is { HasExited: false })
        {
            _terminal.Kill(entireProcessTree: true);
            await _terminal.WaitForExitAsync();
        }

        _terminal?.Dispose();
        _line.Dispose();
        await _spare.DisposeAsync();
    }

    [Fact]
    public async Task The_lines_that_it_shows_work_in_any_other_folder()
    {
        string data = Path.Combine(_line.Folder, "where it is served", "coffer-data"); // the default one, with a name to be quoted
        Directory.CreateDirectory(Path.GetDirectoryName(data)!);
        await ServeAsync($"cd '{Path.GetDirectoryName(data)}' && ");
        string greeting = Shown;
        string address = _spare.BaseUrl.ToString().TrimEnd('/');
        Assert.Contains($"  address  {address}\n", greeting, StringComparison.Ordinal);
        Assert.Contains($"  data     {data} (SQLite catalog, local disk)\n", greeting, StringComparison.Ordinal);
        Assert.Contains($"  export RUNLOOP_BASE_URL={address}\n", greeting, StringComparison.Ordinal);
        Assert.Contains($"  URL       {address}/storage/v1\n", greeting, StringComparison.Ordinal);

        string put = StoreLine().Match(greeting).Groups["line"].Value;
        Assert.Contains($"--data '{data}' put ", put, StringComparison.Ordinal);
        CommandLine.Ended stored = (await _line.ShellAsync(put)).Expect();
        Assert.Equal("Hello, world!\n", (await _line.RunAsync("cat", stored.Line, "--data", data)).Expect().Output);
        string key = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(data, "credentials.json"))).Text("api_key")!;
        Assert.Contains($"  export RUNLOOP_API_KEY={key}\n", greeting, StringComparison.Ordinal);
        Assert.Contains($"  key      {key}  (shown this once; kept in {data}/credentials.json)\n", greeting, StringComparison.Ordinal);
        await WorksForStorageClientsAsync(greeting, data);
        await EndAsync();

        _shown.Clear();
        await ServeAsync($"cd '{Path.GetDirectoryName(data)}' && ");
        Assert.Contains($"  key      kept in {data}/credentials.json\n", Shown, StringComparison.Ordinal);
        Assert.Contains($"  export RUNLOOP_API_KEY=…   # api_key in {data}/credentials.json\n", Shown, StringComparison.Ordinal);
        Assert.DoesNotContain(key, Shown, StringComparison.Ordinal);
        await EndAsync();
    }

    [Fact]
    public async Task The_greeting_is_for_people_and_goes_to_stderr()
    {
        string stdout = Path.Combine(_line.Folder, "stdout");

        await ServeAsync(after: $" > '{stdout}'");
        await EndAsync();

        Assert.Contains("is ready.\n", Shown, StringComparison.Ordinal);
        Assert.Empty(await File.ReadAllTextAsync(stdout));
    }

    [Fact]
    public async Task Ctrl_C_says_who_is_waited_for_and_a_second_one_does_not_wait()
    {
        await ServeAsync();
        using Socket reader = await BeginDownloadAsync();

        await TypeAsync(CtrlC);
        await ShowsAsync("Waiting up to 30 s for 1 transfer; Ctrl-C again ends it now.\n");
        await Task.Delay(500);
        Assert.False(_terminal!.HasExited);
        var waited = Stopwatch.StartNew();
        await TypeAsync(CtrlC);
        await ExitAsync();

        Assert.InRange(waited.Elapsed.TotalSeconds, 0, 10);
        Assert.Equal(0, _terminal.ExitCode);
        Assert.Matches(@"\d 499 GET /v1/objects/\S+ .* shutting_down\n", Shown);
    }

    [Fact]
    public async Task Ctrl_C_without_a_transfer_ends_it_without_a_word()
    {
        await ServeAsync();

        await EndAsync();

        Assert.DoesNotContain("Waiting", Shown, StringComparison.Ordinal);
    }

    private string Shown
    {
        get
        {
            lock (_shown)
            {
                return _shown.ToString();
            }
        }
    }

    /// <summary>The block for Supabase's clients: its URL with its anon key is one that they can call.</summary>
    private static async Task WorksForStorageClientsAsync(string greeting, string data)
    {
        Match block = StorageLines().Match(greeting);
        string anonKey = block.Groups["key"].Value;
        JsonElement credentials = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(data, "credentials.json")));

        Assert.Equal(credentials.Text("anon_key"), anonKey);
        Assert.NotEqual(credentials.Text("api_key"), anonKey);
        foreach ((string token, int status) in new[] { (anonKey, 200), (anonKey[..^1], 400) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{block.Groups["url"].Value}/bucket");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            using HttpResponseMessage answer = await Api.Http.SendAsync(request);
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.True(status != 200 || await answer.Content.ReadAsStringAsync() == "[]"); // which it sees no bucket by
        }
    }

    private async Task ServeAsync(string before = "", string after = "")
    {
        Assert.SkipWhen(RunCommand.Find("script") is null, "script is not installed: apt-get install bsdutils");
        _terminal?.Dispose();
        // exec: a shell between the terminal and the server would itself die of the Ctrl-C, and its code hide the server's.
        _terminal = _line.OpenTerminal($"{before}exec env --default-signal=INT coffer serve --urls {_spare.BaseUrl.ToString().TrimEnd('/')}{after}");
        _ = ReadAsync(_terminal.StandardOutput);
        await ShowsAsync("Use Runloop's clients with it:");
        await ShowsAsync("export RUNLOOP_API_KEY");
        await ShowsAsync("for trusted programs only\n");
    }

    private async Task ReadAsync(StreamReader output)
    {
        var buffer = new char[4096];
        for (int read; (read = await output.ReadAsync(buffer)) > 0;)
        {
            lock (_shown)
            {
                _shown.Append(new string(buffer, 0, read).Replace("\r", "", StringComparison.Ordinal));
            }
        }
    }

    /// <summary>A large download that was begun and is not read.</summary>
    private async Task<Socket> BeginDownloadAsync()
    {
        _line.Write("large.bin", new byte[40_000_000]);
        _line.Set("COFFER_DATA", Path.Combine(_line.Folder, "coffer-data"));
        string id = (await _line.RunAsync("put", "large.bin")).Expect().Line;
        var link = new Uri((await _line.RunAsync("url", id)).Expect().Line);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(link.Host, link.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {link.PathAndQuery} HTTP/1.1\r\nHost: a\r\n\r\n"));
        await socket.ReceiveAsync(new byte[1000]);
        return socket;
    }

    private async Task TypeAsync(string text)
    {
        await _terminal!.StandardInput.WriteAsync(text);
        await _terminal.StandardInput.FlushAsync();
    }

    private async Task EndAsync()
    {
        await TypeAsync(CtrlC);
        await ExitAsync();
        Assert.Equal(0, _terminal!.ExitCode);
    }

    private async Task ExitAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        await _terminal!.WaitForExitAsync(patience.Token);
        await Task.Delay(100); // what it said last
    }

    private async Task ShowsAsync(string text, string after = "")
    {
        for (int i = 0; i < 1200; i++)
        {
            string shown = Shown;
            if (shown.IndexOf(after, StringComparison.Ordinal) is var at and >= 0 && shown.AsSpan(at).Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(25);
        }

        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"it does not show\n{text}\nbut\n{Shown}"));
    }

    [GeneratedRegex("^Use Supabase.*\n  URL +(?<url>\\S+)\n  anon key +(?<key>\\S+)\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex StorageLines();

    [GeneratedRegex("^Store a file.*\n  (?<line>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex StoreLine();
}
