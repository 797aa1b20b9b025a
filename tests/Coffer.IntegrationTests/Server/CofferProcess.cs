using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Coffer.IntegrationTests.Server;

/// <summary>How a server under test differs from the ordinary one.</summary>
public sealed record ServerSetup
{
    /// <summary>Settings beside the usual ones; a value of null takes a usual one away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>A command that runs the server, such as <c>strace -f -o trace</c>; the server's command line follows it.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>An existing folder to live in, which stays when the server goes; null for a new one that goes with it.</summary>
    public string? Folder { get; init; }

    /// <summary>Changes the command before each start, for programs that replace themselves by the server's.</summary>
    public Action<ProcessStartInfo>? Prepare { get; init; }

    public ServerSetup With(string name, string? value) =>
        this with { Environment = new Dictionary<string, string?>(Environment) { [name] = value } };
}

/// <summary>The real <c>coffer serve</c> as a child process, on a data folder and a port of its own.</summary>
public sealed partial class CofferProcess : IAsyncDisposable
{
    private const int SigTerm = 15;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private static readonly ConcurrentDictionary<int, bool> TakenPorts = new();
    private static int _ports;
    private readonly ServerSetup _setup;
    private readonly Output _output = new();
    private Process? _process;

    private CofferProcess(ServerSetup setup, string folder, int port)
    {
        _setup = setup;
        Folder = folder;
        Port = port;
        BaseUrl = new Uri($"http://127.0.0.1:{port}");
        Operator = new Api(this, Canary.OperatorKey);
        Api = new Api(this, Canary.ApiKey);
        Accounts = new Accounts(this);
    }

    public string Folder { get; }

    public string Data => Path.Combine(Folder, "data");

    public int Port { get; }

    public Uri BaseUrl { get; }

    /// <summary>Calls with the service key of the account <c>default</c>.</summary>
    public Api Api { get; }

    /// <summary>Calls with the operator key.</summary>
    public Api Operator { get; }

    public Accounts Accounts { get; }

    /// <summary>Everything that was written to stdout and stderr, over all starts.</summary>
    public string Log => _output.ToString();

    /// <summary>Secrets and signatures that calls of this server handed out; none may appear in its output.</summary>
    public Handed Handed { get; } = new();

    /// <summary>The server's own process id; under a wrapper that of its youngest descendant.</summary>
    public int ServerPid
    {
        get
        {
            int pid = _process!.Id;
            while (_setup.Wrapper.Count > 0 && ChildOf(pid) is { } child)
            {
                pid = child;
            }

            return pid;
        }
    }

    /// <summary>Whether it was started and runs no more.</summary>
    public bool HasEnded => _process is { HasExited: true };

    /// <summary>Starts a server and waits until it answers.</summary>
    public static async Task<CofferProcess> StartAsync(ServerSetup? setup = null)
    {
        var server = Make(setup);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A server that was not started yet, for tests that prepare its folder or expect it to refuse.</summary>
    public static CofferProcess Make(ServerSetup? setup = null) =>
        new(setup ?? new ServerSetup(), setup?.Folder ?? Directory.CreateTempSubdirectory("coffer-test-").FullName, FreePort());

    /// <summary>Starts it (again) on the same folder and port, and waits until it answers.</summary>
    public async Task StartAgainAsync(params (string Name, string? Value)[] environment)
    {
        Launch(environment);
        var waited = Stopwatch.StartNew();
        while (!await AnswersAsync())
        {
            if (_process!.HasExited)
            {
                throw new InvalidOperationException($"the server ended with {_process.ExitCode} before it answered:\n{Log}");
            }

            if (waited.Elapsed > StartDeadline)
            {
                throw new TimeoutException($"the server does not answer:\n{Log}");
            }

            await Task.Delay(25);
        }
    }

    /// <summary>Starts it and waits until it ends by itself.</summary>
    /// <returns>The exit code, and what this start wrote.</returns>
    public async Task<(int ExitCode, string Output)> RunToEndAsync(params (string Name, string? Value)[] environment)
    {
        int before = Log.Length;
        Launch(environment);
        int exitCode = await EndAsync(StartDeadline);
        return (exitCode, Log[before..]);
    }

    /// <summary>The usual settings of this server, and none of the test's own environment, for whatever program serves with them.</summary>
    public void SetEnvironment(ProcessStartInfo start)
    {
        foreach (string inherited in start.Environment.Keys.Where(name => name.StartsWith("COFFER_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["COFFER_DATA"] = Data;
        start.Environment["COFFER_URLS"] = $"http://127.0.0.1:{Port}";
        start.Environment["COFFER_API_KEY"] = Canary.ApiKey;
        start.Environment["COFFER_OPERATOR_KEY"] = Canary.OperatorKey;
        start.Environment["COFFER_JWT_SECRET"] = Canary.JwtSecret;
        start.Environment["COFFER_SIGNING_KEY"] = Canary.SigningKey;
    }

    public void Terminate() => Signal(SigTerm);

    public void Signal(int signal) => Assert.Equal(0, Kill(ServerPid, signal));

    /// <summary>Asks it to end, and expects that it does so in order.</summary>
    public async Task StopAsync()
    {
        var waited = Stopwatch.StartNew();
        Terminate();
        int exitCode = await EndAsync(TimeSpan.FromSeconds(40));
        Assert.True(exitCode == 0, $"the server ended with {exitCode} after SIGTERM:\n{Log}");
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(20), $"the server took {waited.Elapsed.TotalSeconds:0} s to end with nothing to do:\n{Log}");
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill(entireProcessTree: true); // under a wrapper the server is a child of it
            await process.WaitForExitAsync();
        }
    }

    /// <summary>Waits until the process has ended and its output is complete.</summary>
    public async Task<int> EndAsync(TimeSpan deadline)
    {
        using var patience = new CancellationTokenSource(deadline);
        try
        {
            await _process!.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new TimeoutException($"the server still runs after {deadline.TotalSeconds:0} s:\n{Log}", late);
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        TakenPorts.TryRemove(Port, out _);
        if (_setup.Folder is null)
        {
            await DetachMountsAsync();
            Directory.Delete(Folder, recursive: true);
        }

        Canary.SearchFor(Handed, Log, "log");
    }

    /// <summary>What a killed server had mounted in devboxes stays mounted, for its next start.</summary>
    private async Task DetachMountsAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        foreach (string point in File.ReadLines("/proc/self/mountinfo").Select(static line => line.Split(' ')[4]).Where(point => point.StartsWith(Folder + "/", StringComparison.Ordinal)).Reverse().ToArray())
        {
            await RunCommand.RunAsync("umount", ["-l", point]);
        }
    }

    private static int? ChildOf(int pid) =>
        File.ReadAllText($"/proc/{pid}/task/{pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var first, ..]
            ? int.Parse(first, CultureInfo.InvariantCulture)
            : null;

    /// <remarks>
    /// Any port that the system would hand out, another server or client may get before ours listens; a test that then speaks
    /// with a stranger sees its objects lost. So each test process counts through a range of its own, below the system's, and a
    /// port is its server's until that is disposed, also between two starts, while nothing listens there.
    /// </remarks>
    private static int FreePort()
    {
        const int first = 10_000, ranges = 220, size = 100;
        for (int tries = 0; tries < size; tries++)
        {
            int port = first + (Environment.ProcessId % ranges * size) + (Interlocked.Increment(ref _ports) % size);
            if (!TakenPorts.TryAdd(port, true))
            {
                continue;
            }

            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                TakenPorts.TryRemove(port, out _); // somebody else's
            }
        }

        throw new InvalidOperationException("there is no free port");
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    private void Launch((string Name, string? Value)[] environment)
    {
        _process?.Dispose();
        string[] command = [.. _setup.Wrapper, Path.Combine(AppContext.BaseDirectory, "coffer"), "serve"];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        SetEnvironment(start);
        foreach ((string name, string? value) in _setup.Environment.Select(pair => (pair.Key, pair.Value)).Concat(environment))
        {
            start.Environment[name] = value;
        }

        _setup.Prepare?.Invoke(start);
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.OutputDataReceived += _output.Add;
        _process.ErrorDataReceived += _output.Add;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using HttpResponseMessage healthy = await Api.Http.GetAsync(new Uri(BaseUrl, "/healthz"));
            return healthy.StatusCode is HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private sealed class Output
    {
        private readonly System.Text.StringBuilder _text = new();

        public void Add(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is not null)
            {
                lock (_text)
                {
                    _text.AppendLine(line.Data);
                }
            }
        }

        public override string ToString()
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }
}
