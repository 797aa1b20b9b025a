using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Coffer.Bench.Load;
using Coffer.Bench.Machine;

namespace Coffer.Bench.Servers;

/// <summary>A server that the harness started, with its output in a file. Only these are ever ended, by their number.</summary>
internal abstract class ServerProcess : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(60);
    private static readonly HashSet<ServerProcess> Running = [];
    private readonly Process _process;

    // Kept, for it ends with its object: by itself the runtime does not turn the signal into an exit.
    private static readonly PosixSignalRegistration Termination =
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Environment.Exit(143));

    static ServerProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (ServerProcess left in Running.ToArray())
        {
            left.Dispose();
        }
    };

    protected ServerProcess(string logPath, IEnumerable<string> command, IReadOnlyDictionary<string, string> environment)
    {
        LogPath = logPath;
        // The shell gives way to the server, so the process number is the server's.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "sh", logPath, .. command]);
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("COFFER_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        StartedAt = Stopwatch.GetTimestamp();
        _process = Process.Start(start)!;
        Running.Add(this);
    }

    public abstract string Name { get; }

    public abstract int Port { get; }

    /// <summary>Processes that serve requests; their CPU time is the server's.</summary>
    public virtual IReadOnlyList<int> Workers => [Pid];

    public int Pid => _process.Id;

    public string LogPath { get; }

    /// <summary>When the process was started, as a <see cref="Stopwatch"/> timestamp.</summary>
    public long StartedAt { get; }

    public TimeSpan Cpu => Workers.Aggregate(TimeSpan.Zero, (sum, pid) => sum + ProcFs.CpuOf(pid));

    public string Url => $"http://127.0.0.1:{Port}";

    public HttpConnection Connect() => new(Port);

    /// <summary>Waits for the first 200 on a path, asking every 2 ms.</summary>
    /// <returns>Time from the start of the process to that answer.</returns>
    public TimeSpan WaitFor(string path, TimeSpan limit)
    {
        while (Stopwatch.GetElapsedTime(StartedAt) < limit && !_process.HasExited)
        {
            try
            {
                using HttpConnection connection = Connect();
                if (connection.Get(path).Status == 200)
                {
                    return Stopwatch.GetElapsedTime(StartedAt);
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // Not listening yet.
            }

            Thread.Sleep(2);
        }

        throw new InvalidRunException($"{Name} did not answer {path}; see {LogPath}");
    }

    public void Dispose()
    {
        if (!Running.Remove(this))
        {
            return;
        }

        Libc.AskToEnd(Pid);
        if (!_process.WaitForExit(StopLimit))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    protected static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
